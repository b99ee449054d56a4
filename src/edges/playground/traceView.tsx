import { useEffect, useRef } from "preact/hooks";
import type { GroupTrace, TraceRound } from "../../index.ts";

interface Props {
  readonly trace: GroupTrace;
  /** Rounds that are done; 0 before the first. */
  readonly step: number;
}

/** Rows that open in the round before `step`, and what has come of all rounds so far. */
export function TraceView({ trace, step }: Props) {
  const round = step === 0 ? null : trace.rounds[step - 1]!;
  const isOver = step === trace.rounds.length;
  return (
    <>
      <p id="round-text">
        {round === null
          ? `${trace.index.length} of ${trace.matrixRows} rows are kept; ${trace.rounds.length} OU operations, ` +
            `${trace.emptyPlanes.length} bit-planes that open none`
          : `crossbar ${round.crossbar}, bit-plane ${round.plane}: ${round.open.length} of at most ${trace.ouRows} ` +
            `wordlines open, ADC of ${trace.adcBits} bits`}
      </p>
      <Bitlines trace={trace} round={round} />
      <Accumulators trace={trace} round={round} isOver={isOver} />
      <Rows trace={trace} round={round} />
    </>
  );
}

function Bitlines({ trace, round }: { readonly trace: GroupTrace; readonly round: TraceRound | null }) {
  const line = (name: string, values: readonly (number | string)[]) => (
    <tr>
      <th>{name}</th>
      {values.map((value, place) => (
        <td key={place}>{value}</td>
      ))}
    </tr>
  );
  const none = trace.bitlines.map(() => "·");
  return (
    <div class="wide">
      <table id="bitlines">
        <tbody>
          {line(
            "filter",
            trace.bitlines.map(({ filter, sign }) => (sign < 0 ? `-${filter}` : filter)),
          )}
          {line(
            "slice",
            trace.bitlines.map(({ slice }) => slice),
          )}
          {line("sum of open cells", round?.sums ?? none)}
          {line("ADC code", round?.codes ?? none)}
          {line(
            "less zero digits",
            round?.read.map((read, place) => read - round.open.length * trace.bitlines[place]!.zeroDigit) ?? none,
          )}
        </tbody>
      </table>
    </div>
  );
}

function Accumulators({ trace, round, isOver }: Omit<Props, "step"> & { round: TraceRound | null; isOver: boolean }) {
  const sums = round?.accumulators ?? trace.filters.map(() => 0);
  return (
    <div class="wide">
      <table id="accumulators">
        <thead>
          <tr>
            <th>filter</th>
            <th>accumulator</th>
            <th>integer product</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {trace.filters.map((filter, place) => {
            const isEqual = sums[place] === trace.product[place];
            return (
              <tr key={filter} data-accumulator={sums[place]} data-product={trace.product[place]}>
                <td>{filter}</td>
                <td>{sums[place]!.toLocaleString("en-US")}</td>
                <td>{trace.product[place]!.toLocaleString("en-US")}</td>
                <td>{isOver ? (isEqual ? "equal" : "differs: the ADC is too narrow") : ""}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** Kept rows: how the index leads to them, their input bit by bit, their cells. */
function Rows({ trace, round }: { readonly trace: GroupTrace; readonly round: TraceRound | null }) {
  const open = new Set(round?.open);
  const frame = useRef<HTMLDivElement>(null);
  // Hundreds of rows may be kept: the first that opens comes into sight, and the page itself stays.
  useEffect(() => {
    const row = frame.current!.querySelector<HTMLElement>("tr.open");
    if (row !== null) frame.current!.scrollTop = row.offsetTop - frame.current!.clientHeight / 3;
  }, [round]);
  return (
    <div class="wide tall" ref={frame}>
      <table id="rows">
        <thead>
          <tr>
            <th>row</th>
            <th>index entry</th>
            <th>input bits</th>
            <th>cells</th>
          </tr>
        </thead>
        <tbody>
          {trace.index.map(({ row, entry, isFiller }, place) => (
            <tr key={row} class={`${open.has(place) ? "open" : ""} ${isFiller ? "filler" : ""}`}>
              <td>{row}</td>
              <td>+{entry + 1}</td>
              <td>
                <Bits value={trace.inputs[place]!} count={trace.activationBits} plane={round?.plane ?? -1} />
              </td>
              <td class="bits">{trace.digits[place]!.join(" ")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Most significant first; the plane at work stands out. */
function Bits({ value, count, plane }: { readonly value: number; readonly count: number; readonly plane: number }) {
  const bits = Array.from({ length: count }, (_, place) => count - 1 - place);
  return (
    <span class="bits">
      {bits.map((bit) => {
        const text = (value >> bit) & 1;
        return bit === plane ? <b key={bit}>{text}</b> : text;
      })}
    </span>
  );
}
