import { InputError, inputError } from "../../../model/base/errors.ts";
import type { ExternalDataReader } from "../../../model/ir/network.ts";
import type { TensorProto } from "../onnxMessages.ts";
import { decodeModel } from "./decodeModel.ts";
import { EXTERNAL_LOCATION, declaredBytes } from "./tensorData.ts";

export function isExternal(tensor: TensorProto): boolean {
  return tensor.dataLocation === EXTERNAL_LOCATION;
}

/** Files beside a model that hold parts of its tensors. @throws InputError when it is no model, or a file is not in its folder. */
export function externalLocations({ name, model }: { readonly name: string; readonly model: Uint8Array }): string[] {
  const tensors = decodeModel(model, name).graph.initializer.filter(isExternal);
  const locationOf = ({ externalData, name: tensor = "" }: TensorProto): string =>
    checkLocation(externalData.find(({ key }) => key === "location")?.value, `${name}, initialiser ${tensor}`);
  return [...new Set(tensors.map(locationOf))];
}

/**
 * Reads a tensor's part of its external file and makes it the tensor's raw_data. Returns the file's location.
 * @throws InputError when the location leaves the model's folder, or the file is missing or too short.
 */
export async function inlineExternal(
  tensor: TensorProto,
  place: string,
  read: ExternalDataReader | undefined,
): Promise<string> {
  const entries = new Map(tensor.externalData.map((entry) => [entry.key ?? "", entry.value ?? ""]));
  const location = checkLocation(entries.get("location"), place);
  const offset = readSize(entries.get("offset") ?? "0", `${place}, external offset`);
  const byteCount = declaredBytes(tensor, place);
  const storedBytes = readSize(entries.get("length") ?? String(byteCount), `${place}, external length`);
  if (storedBytes !== byteCount) throw inputError(place, `${byteCount} bytes of external data`, String(storedBytes));
  if (read === undefined) throw inputError(place, `external data file ${location}`, "a model without its folder");
  const bytes = await read(location, offset, byteCount).catch((error: unknown) => {
    if (error instanceof InputError) throw error;
    throw inputError(place, `external data file ${location}`, error instanceof Error ? error.message : String(error));
  });
  if (bytes.length !== byteCount) {
    throw inputError(place, `${byteCount} bytes at offset ${offset} of ${location}`, `${bytes.length} bytes`);
  }
  tensor.rawData = bytes;
  tensor.dataLocation = undefined;
  tensor.externalData = [];
  return location;
}

function checkLocation(location: string | undefined, place: string): string {
  if (location === undefined || location === "") throw inputError(place, "an external data location", "none");
  const absolute = /^([/\\]|[A-Za-z]:)/.test(location);
  const climbing = location.split(/[/\\]/).includes("..");
  if (absolute || climbing || location.includes("\0")) {
    throw inputError(place, "external data in the model's own folder", JSON.stringify(location));
  }
  return location;
}

function readSize(text: string, place: string): number {
  const size = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(size)) throw inputError(place, "a number of bytes", text);
  return size;
}
