import { Faults } from "../../../model/base/errors.ts";
import type { MatrixLayer, WeightSource } from "../../../model/ir/layer.ts";
import type { IngestedLayer } from "../../../model/ir/report.ts";
import type { WeightsRequest } from "../../../model/ir/request.ts";
import { EditableModel } from "../edit/editableModel.ts";
import type { EditableTensor } from "../edit/editableModel.ts";
import type { NetworkFile } from "../readModel.ts";
import { assignTensors } from "./assign.ts";
import type { Assignment, WeightTarget } from "./assign.ts";
import { encodeElements } from "./elements.ts";

/** A network with other weights, and where each of them came from. */
export interface IngestedNetwork {
  readonly file: NetworkFile;
  readonly ingested: IngestedLayer[];
}

/**
 * Puts weights and masks from other files in the place of a network's own: same shape, same element type, everything
 * else of the file as it was.
 * @throws InputError with every fault of the files, names and shapes.
 */
export async function ingestWeights(file: NetworkFile, request: WeightsRequest): Promise<IngestedNetwork> {
  const model = await EditableModel.open(file);
  const assignments = await assignTensors(targetsOf(await model.layers()), request);
  const faults = new Faults();
  const owners = new Map<EditableTensor, string>();
  for (const assignment of assignments) {
    const { name, tensor } = assignment.target;
    const editable = model.tensor(tensor);
    const owner = owners.get(editable);
    if (owner !== undefined)
      faults.add(`layer ${name}`, "weights of its own", `tensor ${tensor}, shared with ${owner}`);
    owners.set(editable, name);
    try {
      put(editable, assignment);
    } catch (error) {
      faults.addFrom(error);
    }
  }
  faults.throwIfAny();
  return { file: model.toFile(), ingested: assignments.map(({ from }) => from) };
}

/** Layers whose weights stand in the file. */
function targetsOf(layers: readonly MatrixLayer[]): WeightTarget[] {
  return layers.flatMap(({ name, groupCount, matrixRows, matrixCols, source }) =>
    source === undefined ? [] : [{ name, groupCount, matrixRows, matrixCols, ...(source satisfies WeightSource) }],
  );
}

function put(tensor: EditableTensor, { weights, mask }: Assignment<WeightTarget>): void {
  if (weights !== null) tensor.bytes.set(encodeElements(weights, tensor.dataType));
  if (mask !== null) zeroElements(tensor, (index) => mask[index] === 0);
}

/** Makes the elements for which `isZero` holds zero: all bits 0 in every element type. */
function zeroElements({ bytes, itemBytes }: EditableTensor, isZero: (index: number) => boolean): void {
  const count = bytes.length / itemBytes;
  for (let index = 0; index < count; index++) {
    if (isZero(index)) bytes.fill(0, index * itemBytes, (index + 1) * itemBytes);
  }
}
