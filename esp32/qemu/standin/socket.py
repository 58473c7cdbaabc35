"""There is no network."""

AF_INET, AF_INET6, SOCK_STREAM, SOCK_DGRAM, SOL_SOCKET, SO_REUSEADDR = 2, 10, 1, 2, 1, 2


def socket(*args):
    raise OSError(101)  # ENETUNREACH
