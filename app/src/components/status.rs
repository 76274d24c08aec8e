/// Sets the HTTP status of the page being rendered; in the browser there is none to set.
pub(crate) fn set_status(code: u16) {
    #[cfg(feature = "ssr")]
    if let Some(response) = leptos::prelude::use_context::<leptos_axum::ResponseOptions>()
        && let Ok(code) = http::StatusCode::from_u16(code)
    {
        response.set_status(code);
    }
    #[cfg(not(feature = "ssr"))]
    let _ = code;
}
