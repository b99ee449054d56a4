import { SCHEMES, explain, faultLine } from "../../index.ts";
import { chooseScheme, sampleFaults, sampleText, schemeFaults, schemes } from "./choice.ts";
import { source } from "./source.ts";

/** Which schemes are simulated. */
export function SchemeField() {
  const faults = schemeFaults.value;
  return (
    <fieldset id="schemes" aria-describedby="schemes-text">
      <legend>Schemes</legend>
      <div class="row">
        {SCHEMES.map((scheme) => (
          <label key={scheme} class="check" for={`scheme-${scheme}`} title={explain(scheme).text}>
            <input
              id={`scheme-${scheme}`}
              type="checkbox"
              checked={schemes.value.includes(scheme)}
              onChange={({ currentTarget }) => chooseScheme(scheme, currentTarget.checked)}
            />
            {scheme}
          </label>
        ))}
      </div>
      <small id="schemes-text" class={faults.length === 0 ? "faint" : "fault"}>
        {faults.length === 0 ? "speed-up and saving are against naive" : faults.map(faultLine)}
      </small>
    </fieldset>
  );
}

/** On how many inputs. */
export function SampleField() {
  const faults = sampleFaults.value;
  return (
    <label for="samples">
      samples
      <input
        id="samples"
        inputMode="numeric"
        value={sampleText.value}
        placeholder={String(source.value.samples)}
        aria-invalid={faults.length > 0}
        aria-describedby="samples-text"
        onInput={({ currentTarget }) => (sampleText.value = currentTarget.value.trim())}
      />
      <small id="samples-text" class={faults.length === 0 ? "" : "fault"}>
        {faults.length === 0 ? "how many of the inputs, from the first on" : faults.map(faultLine)}
      </small>
    </label>
  );
}
