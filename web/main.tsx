import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { NotFoundError, UnauthorizedError } from '../src/api/problem.ts'
import { fetchPage } from './pages.ts'
import { loadSettings } from './settings.ts'
import './styles/theme.css'
import './styles/base.css'
import './styles/parts.css'
import './styles/shell.css'

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // Events say when something changed; what is on the page stays until the answer to a new question is there.
      staleTime: 5000,
      retry: (failures, error) =>
        !(error instanceof UnauthorizedError || error instanceof NotFoundError) && failures < 2,
      retryDelay: 1000,
      refetchOnWindowFocus: true,
    },
  },
})

loadSettings()
// What cannot be fetched says so on its page.
await fetchPage(location.pathname).catch(() => {})
const root = document.querySelector('#root')
if (root) {
  createRoot(root).render(
    <QueryClientProvider client={client}>
      <App />
    </QueryClientProvider>,
  )
}
