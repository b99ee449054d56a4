import { arrays } from "./arrays.ts";
import type { Door } from "./door.ts";
import { kernels } from "./kernels.ts";
import { sweepThread, tasks } from "./messages.ts";
import { onnx } from "./onnx.ts";
import { config, rules, sweep } from "./yaml.ts";

export const doors = [
  onnx,
  arrays,
  config,
  sweep,
  rules,
  kernels,
  tasks,
  sweepThread,
] as readonly unknown[] as readonly Door[];
