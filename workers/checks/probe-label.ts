/** Marks probe containers, so that whatever a killed worker left behind is found and removed by the next run. */
export const probeLabel = 'io.flotilla.probe';
