import type { LayerChoices } from "../../index.ts";

interface Props {
  readonly id: string;
  readonly label: string;
  readonly count: number;
  readonly value: number;
  readonly names?: readonly string[];
  readonly onPick: (value: number) => void;
}

/** One of `count` things: a list where they have names, a number elsewhere. */
export function Picker({ id, label, count, value, names, onPick }: Props) {
  return (
    <label for={id}>
      {label}
      {names === undefined ? (
        <input
          id={id}
          type="number"
          min={0}
          max={count - 1}
          value={value}
          onInput={({ currentTarget }) => {
            const next = currentTarget.valueAsNumber;
            if (Number.isInteger(next) && next >= 0 && next < count) onPick(next);
          }}
        />
      ) : (
        <select id={id} value={value} onChange={({ currentTarget }) => onPick(Number(currentTarget.value))}>
          {names.map((name, place) => (
            <option key={place} value={place}>
              {name}
            </option>
          ))}
        </select>
      )}
      <small>{names === undefined ? `0 … ${count - 1}` : `${count} in all`}</small>
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
