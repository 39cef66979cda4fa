const told = new WeakSet<Error>();

/** Marks a refusal that is on record already, so that the door does not record it once more. */
export function onRecord<E extends Error>(error: E): E {
  told.add(error);
  return error;
}

export const isOnRecord = (error: Error): boolean => told.has(error);
