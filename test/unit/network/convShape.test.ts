import { expect, test } from "vitest";

import { convOutput } from "../../../src/model/ir/convShape.ts";
import type { ConvGeometry } from "../../../src/model/ir/layer.ts";

const base: ConvGeometry = {
  kind: "conv",
  channelCount: 1,
  kernel: [3, 3],
  strides: [1, 1],
  dilations: [1, 1],
  autoPad: "NOTSET",
  pads: [0, 0, 0, 0],
  groupCount: 1,
};

test.each<[string, Partial<ConvGeometry>, [number, number], [number, number], number[]]>([
  ["no padding", {}, [5, 7], [3, 5], [0, 0, 0, 0]],
  ["sizes round down", { strides: [2, 3], pads: [1, 0, 1, 2] }, [6, 6], [3, 2], [1, 0, 1, 2]],
  ["dilation widens the kernel to 5", { dilations: [2, 1] }, [5, 3], [1, 1], [0, 0, 0, 0]],
  ["VALID ignores pads", { autoPad: "VALID", pads: [9, 9, 9, 9] }, [3, 4], [1, 2], [0, 0, 0, 0]],
  // width 6, stride 2: 3 outputs span (3-1)·2 + 3 = 7, one pixel is missing
  ["SAME_UPPER, odd pixel at the end", { autoPad: "SAME_UPPER", strides: [1, 2] }, [4, 6], [4, 3], [1, 0, 1, 1]],
  ["SAME_LOWER, odd pixel at the start", { autoPad: "SAME_LOWER", strides: [1, 2] }, [4, 6], [4, 3], [1, 1, 1, 0]],
  // a stride above the kernel leaves pixels unread; pads never go below 0
  ["SAME with a large stride", { autoPad: "SAME_UPPER", strides: [5, 5] }, [6, 10], [2, 2], [1, 0, 1, 0]],
])("%s", (_title, change, size, [outHeight, outWidth], pads) => {
  expect(convOutput({ ...base, ...change }, size)).toEqual({ pads, outHeight, outWidth });
});

test("a kernel that does not fit is refused, one that just fits is not", () => {
  expect(() => convOutput(base, [2, 3])).toThrow("kernel 3x3 exceeds the padded input of 2x3");
  expect(convOutput(base, [3, 3])).toMatchObject({ outHeight: 1, outWidth: 1 });
});
