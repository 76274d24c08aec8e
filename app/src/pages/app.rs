use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

use super::{
    Attach, Audit, Calls, ChatConfirm, ChatOptions, ChatTimer, Code, Connections, Details, Emojis,
    GroupData, GroupParts, Inbox, Link, LinkPreviews, Login, NewChat, NewNumber, NewPoll, NotFound,
    Number, Person, PollVotes, Profile, ReceiptsOf, SecondFactor, SendFiles, Setup, Stickers,
    Users, Voice,
};
use crate::i18n;

/// The whole interface and its addresses. It also runs without a request, once, to list its routes.
///
/// Every page waits for its data (`Async`): a page read without JavaScript is complete, and the
/// status and the redirect are decided before the first byte.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_context(i18n::requested());
    view! {
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/entrar") view=Login ssr=SsrMode::Async />
                <Route path=path!("/entrar/codigo") view=Code ssr=SsrMode::Async />
                <Route path=path!("/convite/:token") view=Link ssr=SsrMode::Async />
                <Route path=path!("/configurar") view=Setup ssr=SsrMode::Async />
                <Route path=path!("/atendente/inbox-pirata") view=Inbox ssr=SsrMode::Async />
                <Route path=path!("/atendente/inbox-pirata/chat/:id") view=Inbox ssr=SsrMode::Async />
                <Route path=path!("/atendente/inbox-pirata/chat/:id/temporarias") view=ChatTimer ssr=SsrMode::Async />
                <Route path=path!("/atendente/inbox-pirata/chat/:id/grupo") view=GroupData ssr=SsrMode::Async />
                <Route path=path!("/atendente/inbox-pirata/grupos") view=GroupParts ssr=SsrMode::Async />
                <Route path=path!("/recibos/:id") view=ReceiptsOf ssr=SsrMode::Async />
                <Route path=path!("/atendente/inbox-pirata/chat/:id/opcoes") view=ChatOptions ssr=SsrMode::Async />
                <Route path=path!("/atendente/inbox-pirata/chat/:id/opcoes/confirmar") view=ChatConfirm ssr=SsrMode::Async />
                <Route path=path!("/atendente/inbox-pirata/chat/:id/dados") view=Details ssr=SsrMode::Async />
                <Route path=path!("/atendente/inbox-pirata/anexar") view=SendFiles ssr=SsrMode::Async />
                <Route path=path!("/atendente/inbox-pirata/anexos") view=Attach ssr=SsrMode::Async />
                <Route path=path!("/atendente/inbox-pirata/audio") view=Voice ssr=SsrMode::Async />
                <Route path=path!("/atendente/inbox-pirata/figurinhas") view=Stickers ssr=SsrMode::Async />
                <Route path=path!("/atendente/inbox-pirata/chamadas") view=Calls ssr=SsrMode::Async />
                <Route path=path!("/atendente/inbox-pirata/previas") view=LinkPreviews ssr=SsrMode::Async />
                <Route path=path!("/atendente/inbox-pirata/enquete") view=NewPoll ssr=SsrMode::Async />
                <Route path=path!("/enquete/:id") view=PollVotes ssr=SsrMode::Async />
                <Route path=path!("/atendente/inbox-pirata/emojis") view=Emojis ssr=SsrMode::Async />
                <Route path=path!("/nova-conversa") view=NewChat ssr=SsrMode::Async />
                <Route path=path!("/numeros/novo") view=NewNumber ssr=SsrMode::Async />
                <Route path=path!("/numeros/:id") view=Number ssr=SsrMode::Async />
                <Route path=path!("/perfil") view=Profile ssr=SsrMode::Async />
                <Route path=path!("/perfil/duas-etapas") view=SecondFactor ssr=SsrMode::Async />
                <Route path=path!("/admin/conexoes") view=Connections ssr=SsrMode::Async />
                <Route path=path!("/admin/auditoria") view=Audit ssr=SsrMode::Async />
                <Route path=path!("/admin/atendentes") view=Users ssr=SsrMode::Async />
                <Route path=path!("/admin/atendentes/:id") view=Person ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}
