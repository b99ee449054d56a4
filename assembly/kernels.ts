// Bulk kernels: pure functions over memory, addresses in and out, nothing allocated. Entry of the worker target.
import { ABI_VERSION } from "./shared/abi";

export { buildBitlineMask, buildRowMasks, findOutside } from "./kernels/buildMasks";
export { areClassesSound, areListsSound, areSegmentsSound } from "./kernels/checkPlan";
export { countFixedOus, countOuCycles } from "./kernels/countOuCycles";
export { countScratchBytes, countWindows } from "./kernels/countWindows";
export { countZeros } from "./kernels/countZeros";
export { disturbedScratchBytes } from "./kernels/disturbedScratch";
export { encodeCells } from "./kernels/encodeCells";
export { gatherWindows } from "./kernels/gatherWindows";
export { integerProduct } from "./kernels/integerProduct";
export { mvmBitSerial } from "./kernels/mvmBitSerial";
export { mvmDisturbed } from "./kernels/mvmDisturbed";
export { mvmScratchBytes } from "./kernels/mvmOpenRows";
export { packBitPlanes } from "./kernels/packBitPlanes";
export { findRange, quantize } from "./kernels/quantize";
export { programCells } from "./kernels/programCells";
export { countCodes, drawSamples } from "./kernels/sensingSamples";

export function abiVersion(): i32 {
  return ABI_VERSION;
}

/** Does countWindows work here? Without vector lanes countOuCycles has to do. */
export function hasLanes(): i32 {
  return ASC_FEATURE_SIMD ? 1 : 0;
}
