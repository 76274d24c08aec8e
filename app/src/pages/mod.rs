//! The pages, one per file, and their shared parts. They are made on the server only: a part that
//! changes after the page was sent is an island ([`crate::islands`]), and input is sent by forms.

mod access_choice;
mod account_notice;
mod app;
mod attach;
mod audit;
mod calls;
mod chat_options;
mod chat_timer;
mod code;
mod connections;
mod details;
mod emojis;
mod enrolling;
mod field;
mod frame;
mod gallery;
mod granted_groups;
mod group;
mod group_access;
mod group_parts;
mod in_address;
mod inbox;
mod link;
mod link_previews;
mod local_time;
mod login;
mod message_info;
mod new_chat;
mod new_number;
mod new_poll;
mod not_found;
mod number;
mod number_fields;
mod person;
mod poll_votes;
mod profile;
mod rail;
mod script_parts;
mod second_factor;
mod send_files;
mod setup;
mod stickers;
mod users;
mod voice;
mod wrong_address;

use access_choice::AccessChoice;
pub use app::App;
use attach::Attach;
use audit::Audit;
use calls::Calls;
use chat_options::{ChatConfirm, ChatOptions};
use chat_timer::ChatTimer;
use code::Code;
use connections::Connections;
use details::Details;
use emojis::Emojis;
use field::Field;
use frame::framed;
use group::GroupData;
use group_parts::GroupParts;
use inbox::Inbox;
use link::Link;
use link_previews::LinkPreviews;
use local_time::{Exact, HERE, LocalTime, WHO, with_name_and_time, with_time};
use login::Login;
use message_info::ReceiptsOf;
use new_chat::NewChat;
use new_number::NewNumber;
use new_poll::NewPoll;
use not_found::NotFound;
use number::Number;
use person::Person;
use poll_votes::PollVotes;
use profile::Profile;
use second_factor::SecondFactor;
use send_files::SendFiles;
use setup::Setup;
use stickers::Stickers;
use users::Users;
use voice::Voice;
use wrong_address::WrongAddress;

use leptos::prelude::*;
use leptos::server::ServerActionError;
use leptos::server_fn::error::ServerFnUrlError;

use crate::ApiError;
use crate::components::{Empty, Glyph, Icon, set_status};
use crate::i18n::{Locale, t, use_locale};
use crate::labels;

/// The error of the form for the server function at `path` when it was sent without JavaScript: the
/// server redirects back here with the error in the address.
fn failed(path: &str) -> Option<ApiError> {
    let error = use_context::<ServerActionError>()?;
    let decoded = || in_address::believable(ServerFnUrlError::decode_err(error.err()));
    (error.path() == path).then(decoded)
}

/// A notice that the plain form for `action` was refused, and what to do about it. Such a form
/// loads the page again, with the error in its address.
#[component]
fn Refused(action: &'static str) -> impl IntoView {
    let locale = use_locale();
    failed(action).map(|error| {
        view! {
            <div class="form-error" role="alert">
                <p><Icon of=Glyph::Alert /><span>{labels::error(locale, &error)}</span></p>
            </div>
        }
    })
}

/// A page that could not be made, and a link that retries.
#[component]
fn Failed(error: ApiError) -> impl IntoView {
    let locale = use_locale();
    set_status(error.status());
    view! {
        <main class="page">
            <Empty glyph=Glyph::Alert title=t!(locale, app.name) lead=labels::error(locale, &error)>
                <a class="button" href="">{t!(locale, error.retry)}</a>
            </Empty>
        </main>
    }
}

/// The title of a page in the browser's tab.
fn title(locale: Locale, page: &str) -> String {
    t!(locale, app.title, page = page).to_string()
}
