/** What the live page's server says when it does not do what was asked; nothing of the request is repeated in it. */
import type { ErrorRecord } from '../../core/errors.ts';

export const refusals = {
  readOnly: {
    code: 'LIVE_READ_ONLY',
    message: 'Questa pagina è in sola lettura. / This page is read only.',
    hint: 'Rispondere da un terminale con "dr step", o servire la pagina perché accetti risposte. / Answer from a terminal with "dr step".',
  },
  origin: {
    code: 'LIVE_ORIGIN',
    message:
      'La richiesta non viene da questa pagina ed è rifiutata. / The request does not come from this page and is refused.',
    hint: 'Aprire la pagina dal suo indirizzo e rispondere da lì. / Open the page at its own address and answer there.',
  },
  host: {
    code: 'LIVE_HOST',
    message:
      'Il nome con cui è chiamato il server non è il suo. / The server was called by a name that is not its own.',
    hint: "Usare l'indirizzo che il programma ha stampato. / Use the address that the program printed.",
  },
  token: {
    code: 'LIVE_TOKEN',
    message: 'Manca il token della pagina, o non è quello giusto. / The page’s token is missing or wrong.',
    hint: 'Aprire la pagina con l’indirizzo completo di token. / Open the page by the address with its token.',
  },
  path: {
    code: 'LIVE_PATH',
    message: 'Qui non c’è niente. / There is nothing here.',
    hint: 'La pagina è all’indirizzo "/". / The page is at "/".',
  },
  method: {
    code: 'LIVE_METHOD',
    message: 'Questo indirizzo non accetta la richiesta. / This address does not take the request.',
    hint: 'La pagina si legge con GET; si risponde con POST a "/act". / Read by GET; answer by POST to "/act".',
  },
  type: {
    code: 'LIVE_BODY',
    message: 'La risposta non è scritta in JSON. / The answer is not in JSON.',
    hint: 'Ricaricare la pagina e rispondere di nuovo. / Load the page again and answer again.',
  },
  tooLarge: {
    code: 'LIVE_TOO_LARGE',
    message:
      'La risposta è troppo lunga e non è stata registrata. / The answer is too long and was not recorded.',
    hint: 'Accorciare la nota. / Make the note shorter.',
  },
} satisfies Record<string, ErrorRecord>;
