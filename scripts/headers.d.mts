// Types of headers.mjs for vite.config.ts.
export const modelHosts: string[]
export const metaPolicy: string
export function withoutMeta(html: string): string
export function allowedHost(text: string): string
export const embedHeaders: Record<string, string>
export const traceHeaders: Record<string, string>
export function securityHeaders(hosts?: string[]): Record<string, string>
