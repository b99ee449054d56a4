import { InputError, SCHEMES, decodeArray, parseConfig, startEngine } from "sparse-reram-engine/browser";

const fetched = async (name) => new Uint8Array(await (await fetch(`lenet5/${name}`)).arrayBuffer());

const engine = await startEngine({ onnxRuntime: "onnxruntime/" });
try {
  const { report } = await engine.simulate(
    {
      workload: {
        kind: "network",
        name: "lenet5",
        model: await fetched("lenet5-ssl.onnx"),
        inputs: decodeArray(await fetched("digits.idx3"), "digits.idx3"),
      },
      config: parseConfig([{ text: "input: { scale: 0.00390625 }", place: "example" }], ["ou.rows=8"]),
      source: { source: "lenet5-ssl.onnx", sha256: "" },
      schemes: SCHEMES,
      samples: 20,
      seed: 0,
      verifyWindows: 100,
    },
    { onProgress: ({ done, total }) => (document.title = `${Math.round((100 * done) / total)} %`) },
  );
  document.body.textContent = report.totals["orc-dof"].ouOps;
} catch (error) {
  // What the command line would say: place, expected, got, one line for each fault.
  document.body.textContent = error instanceof InputError ? error.message : String(error);
}
