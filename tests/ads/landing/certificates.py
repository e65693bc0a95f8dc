"""Certificates of an authority that nobody knows."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def signed(folder: Path, name: str) -> tuple[Path, Path, Path]:
    """Paths of an authority's certificate, of one for `name` signed by it, and of that one's key."""
    root, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Synthetic authority")])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)

    def begun(who: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(who)
            .issuer_name(issuer)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
        )

    authority = begun(issuer, root.public_key()).add_extension(
        x509.BasicConstraints(True, None), critical=True
    )
    leaf = begun(subject, key.public_key()).add_extension(
        x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False
    )
    paths = folder / "authority.pem", folder / "certificate.pem", folder / "key.pem"
    pem = serialization.Encoding.PEM
    paths[0].write_bytes(authority.sign(root, hashes.SHA256()).public_bytes(pem))
    paths[1].write_bytes(leaf.sign(root, hashes.SHA256()).public_bytes(pem))
    paths[2].write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths
