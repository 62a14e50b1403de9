// One build: page, engine worker, service worker.
import { defineConfig } from 'vite'
import react from '@vitejs/plugin-react'

export default defineConfig({
  plugins: [react()],
  worker: { format: 'es' },
  build: { target: 'es2023', chunkSizeWarningLimit: 400 },
  server: { host: '127.0.0.1' },
  preview: { host: '127.0.0.1' },
})
