import type { BulkKernels } from "../../../bindings/kernels.ts";
import type { Config } from "../../model/arch/config.ts";
import { permuteAxes } from "../../model/base/axes.ts";
import { Faults } from "../../model/base/errors.ts";
import type { CodeTensor, QuantizedLayer } from "../../model/ir/quantized.ts";
import type { MatrixWorkload, NumericArray } from "../../model/ir/request.ts";
import { chooseFormat, emptyRange, quantizeActivations, takeActivations, widenRange } from "./activations.ts";
import { quantizeWeights, takeWeights } from "./weights.ts";

/** A matrix workload as one layer, and its activations when there are any: integers as they are, floats by §3. */
export function quantizeMatrix(
  workload: MatrixWorkload,
  config: Config,
  kernels: BulkKernels,
): { layer: QuantizedLayer; tensor: CodeTensor | null } {
  const { activations } = workload;
  const weights = workload.weightsTransposed === true ? transposed(workload.weights) : workload.weights;
  checkShapes(weights, activations);
  const [rowCount, colCount] = weights.shape as [number, number];
  const { values, scale } = isFloat(weights)
    ? quantizeWeights(weights.values as Float32Array | Float64Array, config, weights.place, kernels)
    : takeWeights(weights, config);
  const { codes, format } = quantizeInputs(activations, config, kernels);
  const layer: QuantizedLayer = {
    name: workload.name,
    op: "MatMul",
    group: 0,
    matrices: [{ values, rowCount, colCount, weightBits: config.precision.weightBits }],
    weightScale: scale,
    activations: format,
    firstChannel: 0,
    geometry: { kind: "dense" },
    inputTensor: "",
  };
  return { layer, tensor: activations === undefined ? null : { codes, shape: activations.shape } };
}

function quantizeInputs(
  activations: NumericArray | undefined,
  config: Config,
  kernels: BulkKernels,
): ReturnType<typeof takeActivations> {
  const bits = config.precision.activationBits;
  if (activations === undefined) return { codes: new Uint16Array(0), format: { bits, signed: false, scale: 1 } };
  if (!isFloat(activations)) return takeActivations(activations, bits);
  const values = activations.values as Float32Array | Float64Array;
  const format = chooseFormat(widenRange(emptyRange, values, activations.place, kernels), config, activations.place);
  return { codes: quantizeActivations(values, format, kernels), format };
}

function checkShapes(weights: NumericArray, activations: NumericArray | undefined): void {
  const faults = new Faults();
  const isMatrix = ({ shape }: NumericArray): boolean => shape.length === 2 && shape.every((extent) => extent > 0);
  if (!isMatrix(weights)) faults.add(weights.place, "weights of shape [rows, cols]", `[${weights.shape.join(", ")}]`);
  if (activations !== undefined) {
    if (!isMatrix(activations)) {
      faults.add(activations.place, "activations of shape [windows, rows]", `[${activations.shape.join(", ")}]`);
    } else if (isMatrix(weights) && activations.shape[1] !== weights.shape[0]) {
      faults.add(
        activations.place,
        `activations of shape [windows, ${weights.shape[0]}], one column per weight row`,
        `[${activations.shape.join(", ")}]`,
      );
    }
  }
  faults.throwIfAny();
}

/** The array with its two axes exchanged; any other one as it is, to be refused. */
function transposed(array: NumericArray): NumericArray {
  if (array.shape.length !== 2) return array;
  return { ...array, place: `${array.place} transposed`, ...permuteAxes(array.values, array.shape, [1, 0]) };
}

function isFloat({ dtype }: NumericArray): boolean {
  return dtype === "f4" || dtype === "f8";
}
