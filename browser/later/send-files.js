// The page with the form of the dialog for sending files, the elements and words of uploads, and the limits of
// files (`pages/send_files.rs`).

import { serverParts } from './server-parts.js';

const sendFilesPage = serverParts('/atendente/inbox-pirata/anexar', 'send-files');

export { sendFilesPage };
