//! `--media-url`: the bucket of the files of messages. Credentials are never a part of it, because every
//! user of the machine can read command lines.

use gateway::BucketAddress;
use url::{Host, Url};

/// Shows what an address looks like.
const EXAMPLE: &str =
    "escreva s3://bucket/prefixo?endpoint=https://s3.exemplo.com&region=us-east-1";
/// Says where credentials belong.
const CREDENTIALS: &str = "as credenciais não fazem parte do endereço; dê-as nas variáveis AWS_ACCESS_KEY_ID e \
     AWS_SECRET_ACCESS_KEY (e AWS_SESSION_TOKEN, se expiram)";
/// The region of servers that have none.
const REGION: &str = "us-east-1";

/// Returns the address of a bucket. A refusal repeats nothing of it, since it may have credentials by
/// mistake.
pub(super) fn parse(text: &str) -> Result<BucketAddress, String> {
    let text = text.trim();
    if text.contains('@') {
        return Err(CREDENTIALS.to_owned());
    }
    if !text.starts_with("s3://") {
        return Err(format!(
            "só s3:// serve, e sem nada os arquivos ficam na pasta de dados; {EXAMPLE}"
        ));
    }
    let url = Url::parse(text).map_err(|error| format!("não se deixa ler ({error}); {EXAMPLE}"))?;
    if url.port().is_some() {
        return Err(format!("o servidor e a porta dele vão em endpoint; {EXAMPLE}"));
    }
    if url.fragment().is_some() {
        return Err(format!("não pode ter nada depois de #; {EXAMPLE}"));
    }
    let bucket = url.host_str().filter(|name| is_bucket(name)).ok_or_else(|| {
        format!("falta o nome do bucket, de 3 a 63 letras minúsculas, dígitos, pontos e hifens; {EXAMPLE}")
    })?;
    let prefix = url.path().trim_matches('/');
    if !prefix.is_empty() && !prefix.split('/').all(is_segment) {
        return Err(format!(
            "o prefixo pode ter letras, dígitos, pontos, hifens e _, separados por uma /; {EXAMPLE}"
        ));
    }
    let mut address = BucketAddress {
        bucket: bucket.to_owned(),
        prefix: prefix.to_owned(),
        endpoint: None,
        region: REGION.to_owned(),
    };
    let (mut endpoint, mut allows_http) = (None, false);
    for (name, value) in url.query_pairs() {
        match (&*name, &*value) {
            ("endpoint", value) => endpoint = Some(value.to_owned()),
            ("region", region) if is_region(region) => region.clone_into(&mut address.region),
            ("region", _) => return Err(format!("region é um nome como us-east-1; {EXAMPLE}")),
            ("allow_http", "true") => allows_http = true,
            ("allow_http", "false") => allows_http = false,
            _ => {
                return Err(format!(
                    "depois de ? só há endpoint, region e allow_http=true; {CREDENTIALS}; {EXAMPLE}"
                ));
            }
        }
    }
    address.endpoint = endpoint.map(|endpoint| server(&endpoint, allows_http)).transpose()?;
    Ok(address)
}

/// Returns the origin of a server.
fn server(text: &str, allows_http: bool) -> Result<String, String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let url = url.ok_or_else(|| format!("endpoint começa com https:// ou http://; {EXAMPLE}"))?;
    // Their `@` may be written as a code.
    if !url.username().is_empty() || url.password().is_some() {
        return Err(CREDENTIALS.to_owned());
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(format!("endpoint é só o servidor e a porta, sem caminho; {EXAMPLE}"));
    }
    if url.scheme() == "http" && !allows_http && !is_here(&url) {
        return Err("o endpoint com http:// levaria os arquivos sem criptografia pela rede; use https://, ou, se \
                    a rede é só sua, acrescente &allow_http=true"
            .to_owned());
    }
    Ok(url.origin().ascii_serialization())
}

/// Returns true if the server is on this machine.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn is_bucket(name: &str) -> bool {
    let is_of_a_name = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-')
    };
    (3..=63).contains(&name.len()) && name.bytes().all(is_of_a_name) && !name.contains("..")
}

fn is_segment(segment: &str) -> bool {
    let is_of_a_segment =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    !matches!(segment, "" | "." | "..") && segment.bytes().all(is_of_a_segment)
}

fn is_region(name: &str) -> bool {
    let is_of_a_region =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !name.is_empty() && name.bytes().all(is_of_a_region)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(bucket: &str, prefix: &str, endpoint: Option<&str>, region: &str) -> BucketAddress {
        let endpoint = endpoint.map(str::to_owned);
        let [bucket, prefix, region] = [bucket, prefix, region].map(str::to_owned);
        BucketAddress { bucket, prefix, endpoint, region }
    }

    #[test]
    fn an_address_has_a_bucket_and_may_have_the_rest() {
        let us = "us-east-1";
        for (written, read) in [
            ("s3://loja", address("loja", "", None, us)),
            (" s3://loja/ ", address("loja", "", None, us)),
            (
                "s3://loja.br/caixa/midia/?region=sa-east-1",
                address("loja.br", "caixa/midia", None, "sa-east-1"),
            ),
            (
                "s3://loja/a_1?endpoint=http://127.0.0.1:9000&region=auto",
                address("loja", "a_1", Some("http://127.0.0.1:9000"), "auto"),
            ),
            (
                "s3://loja?endpoint=http%3A%2F%2F[::1]:9000%2F",
                address("loja", "", Some("http://[::1]:9000"), us),
            ),
            (
                "s3://loja?endpoint=http://localhost",
                address("loja", "", Some("http://localhost"), us),
            ),
            (
                "s3://loja?endpoint=https://S3.exemplo.com:443",
                address("loja", "", Some("https://s3.exemplo.com"), us),
            ),
            (
                "s3://loja?allow_http=true&endpoint=http://minio:9000",
                address("loja", "", Some("http://minio:9000"), us),
            ),
        ] {
            assert_eq!(parse(written), Ok(read), "{written}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_the_remedy() {
        for (written, reason) in [
            ("", "só s3://"),
            ("data/media", "só s3://"),
            ("https://loja.s3.amazonaws.com", "só s3://"),
            ("s3://", "nome do bucket"),
            ("s3:///midia", "nome do bucket"),
            ("s3://Loja", "nome do bucket"),
            ("s3://lo", "nome do bucket"),
            ("s3://loja:9000/midia", "vão em endpoint"),
            ("s3://loja/caixa//midia", "o prefixo"),
            ("s3://loja/mídia", "o prefixo"),
            ("s3://loja#midia", "depois de #"),
            ("s3://loja?region=", "region é"),
            ("s3://loja?region=US", "region é"),
            ("s3://loja?allow_http=yes", "só há endpoint"),
            ("s3://loja?endpoint=minio:9000", "https:// ou http://"),
            ("s3://loja?endpoint=https://minio/loja", "sem caminho"),
            ("s3://loja?endpoint=http://minio:9000", "allow_http=true"),
            ("s3://loja?endpoint=http://10.0.0.2:9000&allow_http=false", "allow_http=true"),
        ] {
            let refused = parse(written).expect_err(written);
            assert!(refused.contains(reason), "{written}: {refused}");
        }
    }

    #[test]
    fn credentials_are_refused_and_not_repeated() {
        for written in [
            "s3://chave:segredo@loja/midia",
            "s3://chave:segr/edo@loja/midia",
            "s3://loja?endpoint=https://chave:segredo@minio",
            "s3://loja?endpoint=https%3A%2F%2Fchave%3Asegredo%40minio",
            "s3://loja?secret_access_key=segredo",
            "s3://loja?segredo",
        ] {
            let refused = parse(written).expect_err(written);
            assert!(refused.contains("AWS_SECRET_ACCESS_KEY"), "{written}: {refused}");
            assert!(!refused.contains("segr"), "{written}: {refused}");
        }
    }
}
