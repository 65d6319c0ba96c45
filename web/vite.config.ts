import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const KINTSUGI = process.env['KINTSUGI_URL'] ?? 'http://127.0.0.1:18120'

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    // The console is served under `script-src 'self'`: nothing may be written into the page itself.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': KINTSUGI, '/auth': KINTSUGI } },
  preview: { proxy: { '/api': KINTSUGI, '/auth': KINTSUGI } },
})
