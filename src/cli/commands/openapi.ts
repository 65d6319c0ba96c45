import { openApi } from '../../api/openapi.ts'
import { type CliCommand, examples } from '../command.ts'
import { jsonText } from '../text.ts'
import { EXIT } from '../exit.ts'

export const openapi: CliCommand = {
  name: 'openapi',
  register: (program, act) =>
    program
      .command('openapi')
      .description('print what the API offers, as an OpenAPI 3.1 document')
      .addHelpText('after', examples('kintsugi openapi > kintsugi.openapi.json'))
      .action(
        act(async ({ deps }) => {
          deps.out(`${jsonText(openApi())}\n`)
          return EXIT.ok
        }),
      ),
}
