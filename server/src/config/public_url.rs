//! `--public-url`: scheme, host and port, as a browser writes them in `Origin`.

use url::Url;

/// Returns the origin of a URL in the form that browsers send.
pub(super) fn parse(text: &str) -> Result<String, String> {
    let example = "escreva o endereço que as pessoas abrem, como https://inbox.loja.com.br";
    let text = text.trim();
    let url = match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => url,
        Err(error) if text.contains("://") => {
            return Err(format!("não se deixa ler ({error}); {example}"));
        }
        Ok(_) if text.contains("://") => {
            return Err(format!("só http:// e https:// servem; {example}"));
        }
        _ => return Err(format!("falta http:// ou https:// no começo; {example}")),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(format!("não pode conter usuário nem senha; {example}"));
    }
    // A fragment and a query count even if they are empty.
    if url.query().is_some() || url.fragment().is_some() {
        return Err(format!("não pode ter nada depois de ? ou #; {example}"));
    }
    if url.path() != "/" {
        return Err(format!(
            "não pode ter um caminho ({}), o serviço ocupa um nome inteiro; {example}",
            url.path()
        ));
    }
    Ok(url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_becomes_the_origin_that_browsers_send() {
        for (written, origin) in [
            ("https://inbox.loja.com.br", "https://inbox.loja.com.br"),
            ("https://inbox.loja.com.br/", "https://inbox.loja.com.br"),
            ("HTTPS://Inbox.Loja.com.br:443", "https://inbox.loja.com.br"),
            ("http://inbox.lan:8080", "http://inbox.lan:8080"),
            ("https://caixa.loja.com.br:8443/", "https://caixa.loja.com.br:8443"),
            ("https://[2001:DB8::7]", "https://[2001:db8::7]"),
            ("https://ação.com.br", "https://xn--ao-siap.com.br"),
        ] {
            assert_eq!(parse(written).as_deref(), Ok(origin), "{written}");
        }
    }

    #[test]
    fn what_is_no_address_of_a_site_is_refused_with_the_reason() {
        for (written, reason) in [
            ("inbox.loja.com.br", "falta http:// ou https://"),
            ("inbox.lan:8080", "falta http:// ou https://"),
            ("//inbox.lan", "falta http:// ou https://"),
            ("", "falta http:// ou https://"),
            ("ftp://inbox.lan", "só http:// e https://"),
            ("https://", "não se deixa ler"),
            ("https://inbox:porta", "não se deixa ler"),
            ("https://loja.com.br/inbox", "caminho (/inbox)"),
            ("https://loja.com.br/?x=1", "depois de ? ou #"),
            ("https://loja.com.br/#inbox", "depois de ? ou #"),
            ("https://ana:senha@loja.com.br", "usuário nem senha"),
        ] {
            let refused = parse(written).unwrap_err();
            assert!(refused.contains(reason), "{written}: {refused}");
            assert!(!refused.contains("ana:senha"));
        }
    }
}
