import { vi } from "vitest";
import { guardArenas } from "./conformance/guardedArena.ts";

// Before every test file: whatever kernels it loads, by whatever way, work in fenced blocks.
vi.mock("../bindings/arena.ts", async (importOriginal) => guardArenas(await importOriginal()));
