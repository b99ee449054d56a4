import { useEffect, useRef } from "preact/hooks";
import type { GroupTrace, TraceRound, WindowPlace } from "../../index.ts";

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
      <p class="faint" id="window-text">
        {placeText(trace.place)}
      </p>
      <p id="round-text">{round === null ? groupText(trace) : roundText(trace, round)}</p>
      <Bitlines trace={trace} round={round} />
      <Accumulators trace={trace} round={round} isOver={isOver} />
      <Rows trace={trace} round={round} />
    </>
  );
}

function placeText(place: WindowPlace): string {
  if (place.kind === "dense") return `Sample ${place.sample}, vector ${place.vector}`;
  const { sample, x, y, inputX, inputY, kernel } = place;
  return (
    `Sample ${sample}, output at row ${y}, column ${x}: ` +
    `a kernel of ${kernel.join(" x ")} on the input from row ${inputY}, column ${inputX}`
  );
}

function groupText({ index, matrixRows, rounds, emptyPlanes, activationBits }: GroupTrace): string {
  const crossbars = new Set([...rounds, ...emptyPlanes].map(({ crossbar }) => crossbar)).size;
  return (
    `${index.length} of ${counted(matrixRows, "row")} kept, in ${counted(crossbars, "crossbar")}; ` +
    `${counted(rounds.length, "OU operation")}; ` +
    `${emptyPlanes.length} of ${counted(crossbars * activationBits, "bit-plane")} open no wordline`
  );
}

function roundText({ activationBits, isSigned, ouRows, adcBits }: GroupTrace, round: TraceRound): string {
  const sign = isSigned && round.plane === activationBits - 1 ? "-" : "";
  return (
    `Crossbar ${round.crossbar}, bit-plane ${round.plane}, worth ${sign}2^${round.plane}: ` +
    `${round.open.length} of at most ${counted(ouRows, "wordline")} open, ADC of ${counted(adcBits, "bit")}`
  );
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}

function Bitlines({ trace, round }: { readonly trace: GroupTrace; readonly round: TraceRound | null }) {
  const line = (name: string, values: readonly (number | string)[]) => (
    <tr>
      <th scope="row">{name}</th>
      {values.map((value, place) => (
        <td key={place}>{value}</td>
      ))}
    </tr>
  );
  const none = trace.bitlines.map(() => "·");
  return (
    <div class="wide">
      <table id="bitlines">
        <caption>Bitlines of the group</caption>
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

/** What the rounds have come to. Of a filter that other groups hold slices of, too, this group makes up a part only. */
function Accumulators({ trace, round, isOver }: Omit<Props, "step"> & { round: TraceRound | null; isOver: boolean }) {
  const { filters, isWhole, product, integers } = trace;
  const sums = round?.accumulators ?? filters.map(() => 0);
  const hasParts = isWhole.includes(false);
  return (
    <div class="wide">
      <table id="accumulators">
        <caption>
          Accumulators
          {hasParts && "; other groups hold slices of these filters, too: all their parts add up to X·W"}
        </caption>
        <thead>
          <tr>
            <th scope="col">filter</th>
            <th scope="col">accumulator</th>
            {hasParts && <th scope="col">this group's part</th>}
            <th scope="col">X·W</th>
            <th scope="col">at the end</th>
          </tr>
        </thead>
        <tbody>
          {filters.map((filter, place) => {
            const expected = isWhole[place]! ? integers[place]! : product[place]!;
            return (
              <tr key={filter} data-accumulator={sums[place]} data-product={expected}>
                <td>{filter}</td>
                <td>{grouped(sums[place]!)}</td>
                {hasParts && <td>{grouped(expected)}</td>}
                <td>{grouped(integers[place]!)}</td>
                <td>{isOver ? (sums[place] === expected ? "equal" : "differs: the ADC is too narrow") : ""}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function grouped(value: number): string {
  return value.toLocaleString("en-US");
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
        <caption>
          Kept rows; index entry: rows left out since the kept one before, or since the crossbar begins; faint:
          skippable cells
        </caption>
        <thead>
          <tr>
            <th scope="col">row</th>
            <th scope="col">index entry</th>
            <th scope="col">input bits</th>
            <th scope="col">cells</th>
          </tr>
        </thead>
        <tbody>
          {trace.index.map(({ row, entry, isFiller }, place) => (
            <tr key={row} class={`${open.has(place) ? "open" : ""} ${isFiller ? "filler" : ""}`}>
              <td>{row}</td>
              <td>{entry}</td>
              <td>
                <Bits value={trace.inputs[place]!} count={trace.activationBits} plane={round?.plane ?? -1} />
              </td>
              <td class="bits">
                {trace.digits[place]!.map((digit, bitline) => (
                  <span key={bitline} class={digit === trace.bitlines[bitline]!.zeroDigit ? "skip" : ""}>
                    {digit}
                  </span>
                ))}
              </td>
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
