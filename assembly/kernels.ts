// Bulk kernels: pure functions over memory, addresses in and out, nothing allocated. Entry of the worker target.
import { ABI_VERSION } from "./shared/abi";

export { buildBitlineMasks, buildRowMasks } from "./kernels/buildMasks";
export { countFixedOus, countOuCycles } from "./kernels/countOuCycles";
export { encodeCells } from "./kernels/encodeCells";
export { integerProduct } from "./kernels/integerProduct";
export { mvmBitSerial } from "./kernels/mvmBitSerial";
export { mvmScratchBytes } from "./kernels/mvmOpenRows";
export { packBitPlanes } from "./kernels/packBitPlanes";

export function abiVersion(): i32 {
  return ABI_VERSION;
}
