import { Page } from '../../ui/page.tsx'
import { useWords } from '../../words/words.ts'

export function LabPage() {
  return <Page title={useWords().nav.lab}>{null}</Page>
}
