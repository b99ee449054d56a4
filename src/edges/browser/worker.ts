import { expose } from "comlink";
import { EngineService } from "./engineService.ts";
import { POOL_WORKER } from "./pool.ts";
import { PoolService } from "./poolService.ts";

/** One file for all workers; its name says what a worker is for. */
expose(self.name === POOL_WORKER ? new PoolService() : new EngineService());
