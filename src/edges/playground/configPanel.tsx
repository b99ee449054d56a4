import { useMemo } from "preact/hooks";
import type { ConfigKey } from "../../index.ts";
import { faultLine } from "../../index.ts";
import { chooseAll, isAll } from "./choice.ts";
import { SampleField, SchemeField } from "./choiceFields.tsx";
import { linkedKeys } from "./share.ts";
import { faultsOf, frontKeys, otherKeys, parsed, settings, standardOf, unseen, write } from "./settings.ts";

/** What to simulate, and the configuration's keys: checked while they are written. */
export function ConfigPanel() {
  const known = new Set([...frontKeys, ...otherKeys].flatMap(({ path }) => faultsOf(path)));
  const rest = parsed.value.faults.filter((fault) => !known.has(fault));
  // A link may set any of them; who writes into them has opened them.
  const isOpen = useMemo(() => otherKeys.some(({ path }) => linkedKeys.value.includes(path)), [linkedKeys.value]);
  return (
    <section aria-labelledby="config-title">
      <h2 id="config-title">Configuration</h2>
      <SchemeField />
      <div class="fields">
        <SampleField />
        {frontKeys.map((key) => (
          <Field key={key.path} {...key} />
        ))}
      </div>
      <details open={isOpen}>
        <summary>more</summary>
        <div class="fields">
          {otherKeys.map((key) => (
            <Field key={key.path} {...key} />
          ))}
        </div>
      </details>
      {unseen.value.length > 0 && (
        <p id="unseen">
          set by the link: <code>{unseen.value.join(", ")}</code>
        </p>
      )}
      {rest.map((fault) => (
        <p class="fault" role="alert">
          {faultLine(fault)}
        </p>
      ))}
      {(Object.keys(settings.value).length > 0 || !isAll.value) && (
        <button
          id="defaults"
          onClick={() => {
            settings.value = {};
            chooseAll();
          }}
        >
          Back to defaults
        </button>
      )}
    </section>
  );
}

function Field({ path, text, expected }: ConfigKey) {
  const standard = standardOf(path);
  const faults = faultsOf(path);
  const id = `key-${path.replace(".", "-")}`;
  // Keys that take one of some words.
  const choices = expected.startsWith("one of ") ? [...expected.matchAll(/"([^"]+)"/g)].map(([, word]) => word!) : [];
  return (
    <label for={id} title={`${text}; ${expected}`}>
      {path}
      {choices.length > 0 ? (
        <select
          id={id}
          value={settings.value[path] ?? ""}
          onChange={({ currentTarget }) => write(path, currentTarget.value)}
        >
          <option value="">{standard} (default)</option>
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          value={settings.value[path] ?? ""}
          placeholder={standard}
          aria-invalid={faults.length > 0}
          aria-describedby={`${id}-text`}
          onInput={({ currentTarget }) => write(path, currentTarget.value)}
        />
      )}
      <small id={`${id}-text`}>
        {faults.length === 0 ? text : faults.map((fault) => <span class="fault">{faultLine(fault)}</span>)}
      </small>
    </label>
  );
}
