import { inputError } from "../../../model/base/errors.ts";
import type { NumericArray, TensorFile } from "../../../model/ir/request.ts";
import { decodeArray } from "../arrays/index.ts";
import { isMatrixMarket } from "../arrays/matrixMarket.ts";
import { isNpy } from "../arrays/npy.ts";
import { NpzFile, isZip } from "../arrays/npz.ts";
import { SafetensorsFile, isSafetensors } from "../arrays/safetensors.ts";
import { decodeModel } from "../file/decodeModel.ts";
import { inlineExternal, isExternal } from "../file/externalData.ts";
import { checkTensorSize, toNumericArray } from "../file/tensorData.ts";

/** Named tensors, each read when it is asked for. */
export interface TensorSet {
  readonly names: readonly string[];
  /** `name` is one of `names`. @throws InputError when the tensor is damaged or neither integer nor float. */
  read(name: string): Promise<NumericArray>;
}

/**
 * Tensors of a file, told apart by its first bytes. A file of one array without a name has that of the file.
 * @throws InputError when it is damaged.
 */
export function openTensors(file: TensorFile): TensorSet {
  const { bytes, place } = file;
  if (isZip(bytes)) return lazily(new NpzFile(bytes, place));
  if (isSafetensors(bytes) || /\.safetensors$/i.test(place)) return lazily(new SafetensorsFile(bytes, place));
  if (isNpy(bytes) || isMatrixMarket(bytes) || /\.(npy|mtx)$/i.test(place)) {
    const array = decodeArray(bytes, place);
    return { names: [baseName(place)], read: async () => array };
  }
  return openOnnx(file);
}

function lazily(file: { names: readonly string[]; read(name: string): NumericArray }): TensorSet {
  return { names: file.names, read: async (name) => file.read(name) };
}

function openOnnx({ bytes, place, readExternal }: TensorFile): TensorSet {
  const { graph } = decodeModel(bytes, place);
  const tensors = new Map(graph.initializer.map((tensor) => [tensor.name ?? "", tensor]));
  for (const node of graph.node) {
    const value = node.opType === "Constant" ? node.attribute.find(({ name }) => name === "value")?.t : undefined;
    if (value !== undefined && node.output[0] !== undefined) tensors.set(node.output[0], value);
  }
  return {
    names: [...tensors.keys()],
    async read(name) {
      const tensor = tensors.get(name)!;
      const at = `${place}:${name}`;
      if (isExternal(tensor)) await inlineExternal(tensor, at, readExternal);
      checkTensorSize(tensor, at);
      const array = toNumericArray(tensor, at);
      if (array === null) throw inputError(at, "integers or floats", `data type ${tensor.dataType ?? 0}`);
      return array;
    },
  };
}

function baseName(path: string): string {
  return path.replace(/^.*[/\\]/, "").replace(/\.[^.]*$/, "");
}
