import { useSignal } from "@preact/signals";
import type { Report, Scheme } from "../../index.ts";
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
              <th>scheme</th>
              <th>OU operations</th>
              <th>speed-up</th>
              <th>energy</th>
              <th>saving</th>
            </tr>
          </thead>
          <tbody>
            {schemes.map(([scheme, { ouOps, speedup, energy_pJ, energySavingRatio }]) => (
              <tr key={scheme} data-scheme={scheme} data-ou-ops={ouOps}>
                <td>{scheme}</td>
                <td>{ouOps.toLocaleString("en-US")}</td>
                <td>
                  <Bar share={(speedup ?? 0) / fastest} /> {factor(speedup)}
                </td>
                <td>
                  <Bar share={energy_pJ / costliest} /> {(energy_pJ / 1e6).toPrecision(4)} µJ
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

function Layers({ report }: { readonly report: Report }) {
  const names = Object.keys(report.totals) as Scheme[];
  return (
    <div class="wide">
      <table>
        <thead>
          <tr>
            <th>layer</th>
            <th>rows x cols</th>
            <th>zero</th>
            {names.map((name) => (
              <th key={name}>{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {report.layers.map((layer) => (
            <tr key={`${layer.name} ${layer.group}`}>
              <td>{layer.name}</td>
              <td>
                {layer.matrixRows} x {layer.matrixCols}
              </td>
              <td>{percent(layer.weights.zeroRatio)}</td>
              {names.map((name) => (
                <td key={name}>{factor(layer.schemes[name]?.speedup ?? null)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Bar({ share }: { readonly share: number }) {
  return <span class="bar" style={{ width: `${Math.max(1, Math.round(share * 120))}px` }} aria-hidden="true" />;
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)} %`;
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
