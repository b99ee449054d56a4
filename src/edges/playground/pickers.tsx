import { useEffect, useState } from "preact/hooks";
import type { LayerChoices } from "../../index.ts";
import { faultLine } from "../../index.ts";

interface Props {
  readonly id: string;
  readonly label: string;
  readonly count: number;
  readonly value: number;
  readonly names?: readonly string[];
  readonly onPick: (value: number) => void;
}

/** One of `count` things: a list where they have names, a number elsewhere. */
export function Picker({ names, ...props }: Props) {
  return names === undefined ? <NumberPicker {...props} /> : <NamePicker {...props} names={names} />;
}

function NamePicker({ id, label, count, value, names, onPick }: Props & { readonly names: readonly string[] }) {
  return (
    <label for={id}>
      {label}
      <select
        id={id}
        value={value}
        aria-describedby={`${id}-text`}
        onChange={({ currentTarget }) => onPick(Number(currentTarget.value))}
      >
        {names.map((name, place) => (
          <option key={place} value={place}>
            {name}
          </option>
        ))}
      </select>
      <small id={`${id}-text`}>{count} in all</small>
    </label>
  );
}

function NumberPicker({ id, label, count, value, onPick }: Omit<Props, "names">) {
  // What is written but not there; it gives way to what is picked elsewhere.
  const [wrong, setWrong] = useState<string | null>(null);
  useEffect(() => setWrong(null), [value, count]);
  const range = `0 … ${count - 1}`;
  const fault = { place: label, expected: `integer in 0..${count - 1}`, got: wrong || "nothing" };
  return (
    <label for={id}>
      {label}
      <input
        id={id}
        type="number"
        min={0}
        max={count - 1}
        value={wrong ?? value}
        aria-invalid={wrong !== null}
        aria-describedby={`${id}-text`}
        onInput={({ currentTarget }) => {
          const { valueAsNumber: next, value: text } = currentTarget;
          const isThere = Number.isInteger(next) && next >= 0 && next < count;
          setWrong(isThere ? null : text);
          if (isThere) onPick(next);
        }}
      />
      <small id={`${id}-text`} class={wrong === null ? "" : "fault"}>
        {wrong === null ? range : faultLine(fault)}
      </small>
    </label>
  );
}

/** One of the layers, and of the groups of a layer that has some. */
export function LayerPicker({
  layers,
  ...props
}: Omit<Props, "label" | "count" | "names"> & { readonly layers: readonly LayerChoices[] }) {
  const names = layers.map(({ name, group }) => (group === 0 || group === "all" ? name : `${name} [${group}]`));
  return <Picker {...props} label="layer" count={layers.length} names={names} />;
}

/** One of the matrices of a layer that has several: a depthwise one. */
export function MatrixPicker({
  layer: { matrixCount },
  ...props
}: Omit<Props, "label" | "count" | "names"> & { readonly layer: LayerChoices }) {
  return matrixCount === 1 ? null : <Picker {...props} label="matrix" count={matrixCount} />;
}
