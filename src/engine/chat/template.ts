// The door of chat templates: a text by a template, a model's template out of its files, a chat by whatever is there.

export { chatTemplateOf, renderTemplate, toolTemplateOf, type ChatTemplate } from './render.ts'
export { renderChat, type RenderedChat } from './write.ts'
