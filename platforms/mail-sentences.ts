/** The sentences for what can go wrong with a mail server: what it means, and what to do next. */

type Words = { it: string; en: string };
export type Kind = { code: string; says: Words; hint: Words };

export const notificationsFile = 'inventory/local/notifications.yaml';
const askServer: Words = {
  it: 'Chiedere a chi gestisce il server di posta, citando lo stato.',
  en: 'Ask whoever runs the mail server, naming the status.',
};
const mayHaveLeft: Words = {
  it: 'può darsi che la lettera sia già partita: chiedere a un destinatario prima di ripetere',
  en: 'the letter may have left already: ask one of those it is for before repeating',
};

function kind(code: string, says: Words, hint: Words): Kind {
  return { code: `MAIL_${code}`, says, hint };
}

const lookAtServer: Words = {
  it: `Controllare rete e server, e "smtp.host" e "smtp.port" in ${notificationsFile}.`,
  en: `Look at the network and the server, and at "smtp.host" and "smtp.port" in ${notificationsFile}.`,
};
export const nobodyListens = kind(
  'CONNECTION_REFUSED',
  {
    it: 'connessione rifiutata, nessun server di posta in ascolto',
    en: 'connection refused, no mail server listens',
  },
  lookAtServer,
);
export const unreachable = kind(
  'UNREACHABLE',
  { it: 'il server di posta non è raggiungibile', en: 'the mail server cannot be reached' },
  lookAtServer,
);
export const hostUnknown = kind(
  'HOST_UNKNOWN',
  { it: 'il nome del server di posta non si risolve', en: "the mail server's name does not resolve" },
  lookAtServer,
);
export const noAnswer = kind(
  'TIMEOUT',
  {
    it: 'il server di posta non risponde entro il tempo concesso',
    en: 'the mail server does not answer in time',
  },
  lookAtServer,
);
export const silent = kind(
  'TIMEOUT',
  {
    it: `il server di posta ha smesso di rispondere; ${mayHaveLeft.it}`,
    en: `the mail server stopped answering; ${mayHaveLeft.en}`,
  },
  { it: 'Riprovare; poi inviare la bozza .eml a mano.', en: 'Try again; then send the .eml draft by hand.' },
);
export const lost = kind(
  'CONNECTION_LOST',
  { it: `la connessione è caduta; ${mayHaveLeft.it}`, en: `the connection was cut; ${mayHaveLeft.en}` },
  { it: 'Riprovare; poi inviare la bozza .eml a mano.', en: 'Try again; then send the .eml draft by hand.' },
);
export const turnedAway = kind(
  'TURNED_AWAY',
  { it: 'il server di posta non ci serve ora', en: 'the mail server turned us away' },
  askServer,
);
export const noMailServer = kind(
  'NO_MAIL_SERVER',
  { it: 'ciò che risponde non è un server di posta', en: 'what answers there is no mail server' },
  lookAtServer,
);
export const certificate = kind(
  'CERTIFICATE',
  {
    it: 'il certificato del server di posta non è attendibile (autofirmato, scaduto o con un altro nome): nulla è stato inviato',
    en: "the mail server's certificate is not trusted (self-signed, expired or of another name): nothing was sent",
  },
  {
    it: `Se è il server giusto, salvarne il certificato e indicarlo in ${notificationsFile} con "smtp.caFile" (e "smtp.serverName" se porta un altro nome).`,
    en: `If it is the right server, save its certificate and name it in ${notificationsFile} as "smtp.caFile" (and "smtp.serverName" where it carries another name).`,
  },
);
export const noTls = kind(
  'TLS',
  {
    it: 'non si riesce a cifrare la connessione (il server non offre STARTTLS, o la porta non è quella di TLS): nulla è stato inviato',
    en: 'the connection cannot be encrypted (the server does not offer STARTTLS, or the port is not the one for TLS): nothing was sent',
  },
  {
    it: `Controllare "smtp.security" e "smtp.port" in ${notificationsFile}: tls e 465, oppure starttls e 587.`,
    en: `Look at "smtp.security" and "smtp.port" in ${notificationsFile}: tls and 465, or starttls and 587.`,
  },
);
export const logOn = kind(
  'AUTHENTICATION',
  {
    it: "il server di posta non accetta l'utente o la password",
    en: 'the mail server does not accept the user or the password',
  },
  {
    it: `Controllare "smtp.user" in ${notificationsFile} e il segreto "smtp-password".`,
    en: `Look at "smtp.user" in ${notificationsFile} and at the secret "smtp-password".`,
  },
);
export const senderRefused = kind(
  'SENDER_REFUSED',
  { it: 'il server di posta rifiuta il mittente', en: 'the mail server refuses the sender' },
  {
    it: `Controllare "smtp.from" e "smtp.user" in ${notificationsFile}.`,
    en: `Look at "smtp.from" and "smtp.user" in ${notificationsFile}.`,
  },
);
export const allRefused = kind(
  'RECIPIENTS_REFUSED',
  {
    it: 'il server di posta ha rifiutato tutti i destinatari: nulla è stato inviato',
    en: 'the mail server refused every recipient: nothing was sent',
  },
  {
    it: `Controllare gli elenchi in ${notificationsFile}.`,
    en: `Look at the lists in ${notificationsFile}.`,
  },
);
export const messageRefused = kind(
  'MESSAGE_REFUSED',
  { it: 'il server di posta ha rifiutato la lettera', en: 'the mail server refused the letter' },
  askServer,
);
export const other = kind(
  'FAILED',
  { it: "l'invio non è riuscito", en: 'sending did not succeed' },
  { it: 'Inviare la bozza .eml a mano.', en: 'Send the .eml draft by hand.' },
);
