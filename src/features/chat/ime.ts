// Enter that confirms a Chinese (Japanese, Korean …) candidate must not send the message.

/**
 * True while an input method is composing. keyCode 229 catches browsers that end the composition before the key event
 * (Safari).
 */
export const isComposing = (event: { isComposing: boolean; keyCode: number }): boolean =>
  event.isComposing || event.keyCode === 229
