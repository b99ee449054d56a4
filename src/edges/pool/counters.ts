/** Where the workers count, in the array of WorkerSetup. */
export const REGIONS_TAKEN = 0;
export const WORKERS_READY = 1;
