import { readFile } from "node:fs/promises";
import { SCHEMES, decodeArray, parseConfig, simulate } from "sparse-reram-engine";

const folder = new URL("node_modules/sparse-reram-engine/examples/lenet5/", import.meta.url);
const read = async (name) => new Uint8Array(await readFile(new URL(name, folder)));

const { report } = await simulate({
  workload: {
    kind: "network",
    name: "lenet5",
    model: await read("lenet5-ssl.onnx"),
    inputs: decodeArray(await read("digits.idx3"), "digits.idx3"),
  },
  config: parseConfig([{ text: "input: { scale: 0.00390625 }", place: "example" }], ["ou.rows=8"]),
  source: { source: "lenet5-ssl.onnx", sha256: "" },
  schemes: SCHEMES,
  samples: 20,
  seed: 0,
  verifyWindows: 100,
});
console.log(report.totals["orc-dof"].ouOps);
