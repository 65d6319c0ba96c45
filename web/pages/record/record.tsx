import { Page } from '../../ui/page.tsx'
import { useWords } from '../../words/words.ts'

export function RecordPage() {
  return <Page title={useWords().nav.record}>{null}</Page>
}
