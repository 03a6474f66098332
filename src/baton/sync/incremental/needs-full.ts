/** Thrown to say that everything is to be read after all, and why. Thrown and caught within a sync. */
export class NeedsFull extends Error {}
