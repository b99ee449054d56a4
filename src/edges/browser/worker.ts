import { expose } from "comlink";
import { EngineService } from "./engineService.ts";

/** The one worker file; what it is for is its name. */
expose(new EngineService());
