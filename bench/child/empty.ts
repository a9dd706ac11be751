/** A function that does nothing: what Node.js and the runtime client cost by themselves. */
export const handler = async (): Promise<object> => ({});
