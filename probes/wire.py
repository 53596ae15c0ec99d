"""The wire that all kinds look through: resolve, connect (RFC 8305), TLS; phases timed, bytes bounded."""
