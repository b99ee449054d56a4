import { expect, test } from "vitest";
import { codeDevice, resolveDevice } from "../../../src/model/arch/device.ts";
import { parseConfig } from "../../../src/index.ts";

// §9: little current flows through a cell of high resistance: that is level 0.
test("cells stuck at high resistance have the lowest level, those at low resistance the highest", () => {
  const config = parseConfig([], ["device.stuckHrsRatio=0.125", "device.stuckLrsRatio=0.25"]);
  expect(codeDevice(resolveDevice("base", config), config)).toMatchObject({ stuckLow: 0.125, stuckHigh: 0.25 });
});
