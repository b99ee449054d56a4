import { useSignal } from "@preact/signals";
import type { LayerSchemeReport, Report, Scheme } from "../../index.ts";
import { linesOf } from "./job.ts";
import type { Finished } from "./job.ts";

/** Totals and layers of a finished run, as numbers and bars. */
export function ResultPanel({ report, keptRows, took_s }: Finished) {
  const schemes = Object.entries(report.totals) as [Scheme, NonNullable<Report["totals"][Scheme]>][];
  const fastest = Math.max(...schemes.map(([, { speedup }]) => speedup ?? 0));
  const costliest = Math.max(...schemes.map(([, { energy_pJ }]) => energy_pJ));
  const { accuracy, skipped } = report;
  return (
    <section aria-labelledby="result-title">
      <h2 id="result-title">Result</h2>
      <p class="faint">
        {report.network.name}, {report.samples} {report.samples === 1 ? "sample" : "samples"}, {took_s.toFixed(1)} s
        {report.synthetic ? "; numbers drawn, not given" : ""}
        {accuracy && `; accuracy: float ${percent(accuracy.float)}, integer ${percent(accuracy.integer)}`}
      </p>
      {skipped.map(({ name, op, reason }) => (
        <p class="fault">
          skipped {name} ({op}): {reason}
        </p>
      ))}
      <div class="wide">
        <table id="totals">
          <thead>
            <tr>
              <th scope="col">scheme</th>
              <th scope="col">OU operations</th>
              <th scope="col">speed-up</th>
              <th scope="col">energy</th>
              <th scope="col">saving</th>
            </tr>
          </thead>
          <tbody>
            {schemes.map(([scheme, { ouOps, speedup, energy_pJ, energySavingRatio }]) => (
              <tr key={scheme} data-scheme={scheme} data-ou-ops={ouOps}>
                <td>{scheme}</td>
                <td>{ouOps.toLocaleString("en-US")}</td>
                <td>
                  <Measure share={shareOf(speedup, fastest)} text={factor(speedup)} />
                </td>
                <td>
                  <Measure share={shareOf(energy_pJ, costliest)} text={microjoule(energy_pJ)} />
                </td>
                <td>{energySavingRatio === null ? "–" : percent(energySavingRatio)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <details>
        <summary>Layers</summary>
        <Layers report={report} />
      </details>
      <Downloads report={report} keptRows={keptRows} />
    </section>
  );
}

const MEASURES = {
  "speed-up": { of: ({ speedup }: LayerSchemeReport) => speedup, show: factor },
  energy: { of: ({ energy_pJ }: LayerSchemeReport) => energy_pJ, show: microjoule },
} as const;

/** Every layer under every scheme; bars are of the layer's own largest. */
function Layers({ report }: { readonly report: Report }) {
  const measure = useSignal<keyof typeof MEASURES>("speed-up");
  const names = Object.keys(report.totals) as Scheme[];
  const { of, show } = MEASURES[measure.value];
  return (
    <>
      <label for="layer-measure">
        bars of
        <select
          id="layer-measure"
          value={measure.value}
          onChange={({ currentTarget }) => (measure.value = currentTarget.value as keyof typeof MEASURES)}
        >
          {Object.keys(MEASURES).map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <div class="wide">
        <table id="layers">
          <thead>
            <tr>
              <th scope="col">layer</th>
              <th scope="col">rows x cols</th>
              <th scope="col">zero</th>
              {names.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {report.layers.map((layer) => {
              const values = names.map((name) => of(layer.schemes[name]!));
              const most = Math.max(...values.map((value) => value ?? 0));
              return (
                <tr key={`${layer.name} ${layer.group}`}>
                  <td>{layer.name}</td>
                  <td>
                    {layer.matrixRows} x {layer.matrixCols}
                  </td>
                  <td>{percent(layer.weights.zeroRatio)}</td>
                  {values.map((value, place) => (
                    <td key={names[place]}>
                      <Measure share={shareOf(value, most)} text={show(value)} />
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** A number and its bar; bars of one column begin at one line. */
function Measure({ share, text }: { readonly share: number; readonly text: string }) {
  return (
    <span class="measure">
      <span class="bar" style={{ "--share": share.toFixed(4) }} aria-hidden="true" />
      <span>{text}</span>
    </span>
  );
}

/** 0 … 1; 0 where there is nothing to compare with. */
function shareOf(value: number | null, most: number): number {
  return most === 0 ? 0 : (value ?? 0) / most;
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)} %`;
}

function microjoule(energy_pJ: number | null): string {
  return energy_pJ === null ? "–" : `${Number((energy_pJ / 1e6).toPrecision(4)).toLocaleString("en-US")} µJ`;
}

function factor(value: number | null): string {
  return value === null ? "–" : `${value.toPrecision(3)}x`;
}

/** report.json, and the page of `sre report`, whose figures weigh megabytes of code: it is loaded when it is asked for. */
function Downloads({ report, keptRows }: Pick<Finished, "report" | "keptRows">) {
  const faults = useSignal<readonly string[]>([]);
  const isDrawing = useSignal(false);
  const page = async (): Promise<void> => {
    isDrawing.value = true;
    try {
      const { renderRunPage } = await import("../html/runPage.ts");
      save("report.html", "text/html", await renderRunPage({ report, manifest: null, keptRows }));
      faults.value = [];
    } catch (error) {
      faults.value = linesOf(error);
    } finally {
      isDrawing.value = false;
    }
  };
  return (
    <div>
      <div class="row">
        <button
          id="download"
          onClick={() => save("report.json", "application/json", `${JSON.stringify(report, null, 2)}\n`)}
        >
          Download report.json
        </button>
        <button id="download-html" disabled={isDrawing.value} onClick={() => void page()}>
          {isDrawing.value ? "Drawing …" : "Download report.html"}
        </button>
      </div>
      {faults.value.map((line) => (
        <p class="fault" role="alert">
          {line}
        </p>
      ))}
    </div>
  );
}

function save(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
