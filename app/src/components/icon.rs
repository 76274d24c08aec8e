use leptos::prelude::*;

/// The icons, on a 24 × 24 grid, stroked in the colour of the text around them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
// Some are drawn on the server only.
#[cfg_attr(not(feature = "ssr"), allow(dead_code))]
pub(crate) enum Glyph {
    Chats,
    People,
    Exit,
    Enlarge,
    Globe,
    Back,
    Send,
    Down,
    Download,
    Person,
    Skull,
    Clock,
    Check,
    Checks,
    Alert,
    Lock,
    Close,
    Phone,
    List,
    Plus,
    Minus,
    Settings,
    File,
    Smile,
    Reply,
    Chevron,
    Forward,
    Compose,
    Microphone,
    Eye,
    Pin,
    Muted,
    More,
    Star,
    #[cfg(feature = "ssr")]
    Camera,
    #[cfg(feature = "ssr")]
    Photo,
    #[cfg(feature = "ssr")]
    Next,
    #[cfg(feature = "ssr")]
    Place,
    #[cfg(feature = "ssr")]
    Poll,
    #[cfg(feature = "ssr")]
    Trash,
    #[cfg(feature = "ssr")]
    Archive,
    #[cfg(feature = "ssr")]
    Bell,
    #[cfg(feature = "ssr")]
    Unread,
    #[cfg(feature = "ssr")]
    Clear,
    #[cfg(feature = "ssr")]
    Block,
}

impl Glyph {
    /// The icon as the `d` attribute of a path.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Chats => "M21 12a8 8 0 0 1-8 8H4l2-3.2A8 8 0 1 1 21 12Z",
            Self::People => {
                "M5.5 8a3.5 3.500 0 1 0 7 0a3.500 3.500 0 1 0-7 0M2.500 20c.6-3.600 3.200-5.500 6.500-5.500s5.900 1.900 6.500 5.500M16 5a3.500 3.500 0 0 1 0 6.500M18 15c2 .7 3.200 2.400 3.500 5"
            }
            Self::Exit => "M14 4h4a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-4M10 8l-4 4 4 4M6 12h9",
            Self::Enlarge => "M14 4h6v6M20 4l-7 7M10 20H4v-6M4 20l7-7",
            Self::Globe => {
                "M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0M3.500 9.500h17M3.500 14.500h17M12 3c2.500 2.500 3.600 5.600 3.600 9s-1.100 6.500-3.600 9c-2.500-2.500-3.600-5.600-3.600-9S9.500 5.500 12 3"
            }
            Self::Back => "M15 5l-7 7 7 7",
            Self::Send => "M4 12 20 4l-5 16-3.500-6.500zM11.500 13.500 20 4",
            Self::Down => "M12 5v14M6 13l6 6 6-6",
            Self::Download => "M12 4v11M7 10.500l5 5 5-5M5 20h14",
            Self::Person => {
                "M8.500 8.500a3.500 3.500 0 1 0 7 0a3.500 3.500 0 1 0-7 0M5 20c.8-3.800 3.500-5.500 7-5.500s6.200 1.700 7 5.500"
            }
            Self::Skull => {
                "M5 11a7 7 0 1 1 14 0c0 2.600-1.300 4.300-3 5.300V19H8v-2.700c-1.700-1-3-2.700-3-5.300M9.500 11.500h.01M14.500 11.500h.01M10.500 19v2M13.500 19v2"
            }
            Self::Clock => "M4 12a8 8 0 1 0 16 0a8 8 0 1 0-16 0M12 7.500V12l3 2",
            Self::Check => "m5 13 4 4L18 7",
            Self::Checks => "m2 13 4 4L15 7M11 16l1 1 9-10",
            Self::Alert => "M12 8v5M12 16.500h.01M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0",
            Self::Lock => {
                "M7 11h10a1.500 1.500 0 0 1 1.500 1.500v6A1.500 1.500 0 0 1 17 20H7a1.500 1.500 0 0 1-1.500-1.500v-6A1.500 1.500 0 0 1 7 11M8 11V8a4 4 0 0 1 8 0v3"
            }
            Self::Close => "M6 6l12 12M18 6L6 18",
            Self::Phone => {
                "M8 3h8a1.500 1.500 0 0 1 1.500 1.500v15A1.500 1.500 0 0 1 16 21H8a1.500 1.500 0 0 1-1.500-1.500v-15A1.500 1.500 0 0 1 8 3M11 18h2"
            }
            Self::List => "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
            Self::Plus => "M12 5v14M5 12h14",
            Self::Minus => "M5 12h14",
            Self::File => {
                "M13 3H7a1.500 1.500 0 0 0-1.500 1.500v15A1.500 1.500 0 0 0 7 21h10a1.500 1.500 0 0 0 1.500-1.500V8.500zM13 3v5.500h5.500"
            }
            Self::Smile => {
                "M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0M8.500 14.500c1.800 2.300 5.200 2.300 7 0M9 9.500h.01M15 9.500h.01"
            }
            Self::Reply => "M10 6 4 12l6 6M4.500 12H14c4 0 6 2.500 6 6.500",
            Self::Chevron => "m6 9.500 6 6 6-6",
            Self::Forward => "m14 6 6 6-6 6M19.500 12H10c-4 0-6 2.500-6 6.500",
            Self::Compose => "M4 20h4L19 9l-4-4L4 16zM13 7l4 4",
            Self::Microphone => {
                "M9 6a3 3 0 0 1 6 0v5a3 3 0 0 1-6 0zM5.500 11.500a6.500 6.500 0 0 0 13 0M12 18v3"
            }
            Self::Eye => {
                "M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12M9.500 12a2.500 2.500 0 1 0 5 0a2.500 2.500 0 1 0-5 0"
            }
            Self::Pin => "M9 3.500h6l-.8 6 3.300 3.500v1.500h-11V13l3.300-3.500zM12 14.500V21",
            Self::Muted => {
                "M6.500 17V11a5.500 5.500 0 0 1 9-4.200M17.500 11v6M4.500 17h13M10 20h4M4 4l16 16"
            }
            Self::More => "M12 5h.01M12 12h.01M12 19h.01",
            Self::Star => {
                "m12 4 2.500 5.100 5.500.8-4 3.900.9 5.600-4.900-2.600-4.900 2.600.9-5.600-4-3.900 5.500-.8z"
            }
            #[cfg(feature = "ssr")]
            Self::Camera => {
                "M5.500 7.500H8L9.500 5h5L16 7.500h2.500A2 2 0 0 1 20.500 9.500v8a2 2 0 0 1-2 2h-13a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2M8.500 13a3.500 3.500 0 1 0 7 0a3.500 3.500 0 1 0-7 0"
            }
            #[cfg(feature = "ssr")]
            Self::Photo => {
                "M6 5h12a2.500 2.500 0 0 1 2.500 2.500v9A2.500 2.500 0 0 1 18 19H6a2.500 2.500 0 0 1-2.500-2.500v-9A2.500 2.500 0 0 1 6 5M7.500 10a1.500 1.500 0 1 0 3 0a1.500 1.500 0 1 0-3 0M4 17l5-4 3.500 2.500 3-2.500 5 4"
            }
            #[cfg(feature = "ssr")]
            Self::Next => "M9 5l7 7-7 7",
            #[cfg(feature = "ssr")]
            Self::Place => {
                "M12 21s7-6.200 7-11.500A7 7 0 0 0 5 9.500C5 14.800 12 21 12 21ZM9.500 9.700a2.500 2.500 0 1 0 5 0a2.500 2.500 0 1 0-5 0"
            }
            #[cfg(feature = "ssr")]
            Self::Poll => "M4 6h13M4 12h8M4 18h16",
            #[cfg(feature = "ssr")]
            Self::Archive => {
                "M5 4.500h14A1.500 1.500 0 0 1 20.500 6v3h-17V6A1.500 1.500 0 0 1 5 4.500M5 9v10.500h14V9M10 13h4"
            }
            #[cfg(feature = "ssr")]
            Self::Bell => "M6.500 17V11a5.500 5.500 0 0 1 11 0v6M4.500 17h15M10 20h4",
            #[cfg(feature = "ssr")]
            Self::Unread => {
                "M20 10.500a8 8 0 0 1-7 9.500H4l2-3.200A8 8 0 0 1 14 5M16.500 6a2 2 0 1 0 4 0a2 2 0 1 0-4 0"
            }
            #[cfg(feature = "ssr")]
            Self::Clear => {
                "M4.500 12a7.500 7.500 0 1 0 15 0a7.500 7.500 0 1 0-15 0M9 9l6 6M15 9l-6 6"
            }
            #[cfg(feature = "ssr")]
            Self::Block => "M4 12a8 8 0 1 0 16 0a8 8 0 1 0-16 0M6.300 6.300l11.400 11.400",
            #[cfg(feature = "ssr")]
            Self::Trash => "M5 7h14M10 7V4.500h4V7M7 7l1 13h8l1-13M10.500 11v5M13.500 11v5",
            Self::Settings => {
                "M4 7h9M17 7h3M4 17h3M11 17h9M13 7a2 2 0 1 0 4 0a2 2 0 1 0-4 0M7 17a2 2 0 1 0 4 0a2 2 0 1 0-4 0"
            }
        }
    }
}

/// The same icon as HTML, for elements that are written as a text.
pub(crate) fn icon_html(path: &str) -> String {
    format!(
        r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="{path}"></path></svg>"#
    )
}

/// A button that is only an icon, as HTML. Scripts find it by its attributes.
pub(crate) fn button_html(attributes: &str, name: &str, glyph: Glyph) -> String {
    let icon = icon_html(glyph.path());
    format!(
        r#"<button type="button" {attributes} title="{name}" aria-label="{name}">{icon}</button>"#
    )
}

/// A link that is only an icon, as HTML. Scripts find it by its attributes.
pub(crate) fn link_html(address: &str, attributes: &str, name: &str, glyph: Glyph) -> String {
    let icon = icon_html(glyph.path());
    format!(
        r#"<a class="round" href="{address}" {attributes} title="{name}" aria-label="{name}">{icon}</a>"#
    )
}

/// An icon without a text alternative: the text beside it, or its button's label, has the meaning.
#[component]
pub(crate) fn Icon(of: Glyph) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d=of.path()></path>
        </svg>
    }
}
