import { Page } from '../../ui/page.tsx'
import { useWords } from '../../words/words.ts'

export function IncidentPage() {
  return <Page title={useWords().nav.incidents}>{null}</Page>
}
