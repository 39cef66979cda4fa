/** States in which a task has come as far as a node and not to running. */
export const onItsNode: readonly string[] = ['assigned', 'accepted', 'preparing', 'ready', 'starting'];

/** The same and those before, where it has no node yet. */
export const onTheWay: readonly string[] = ['new', 'allocated', 'pending', ...onItsNode];
