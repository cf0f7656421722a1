"""Attempts of a session to reach others through pairs of sockets, and to have the kernel keep things without end."""

from tests.abuse.attacks import attack, call

PAIRS = (
    attack("makes a pair for datagrams", "import socket\nsocket.socketpair(type=socket.SOCK_DGRAM)\nTrue"),
    attack("makes a pair for packets", "import socket\nsocket.socketpair(type=socket.SOCK_SEQPACKET)\nTrue"),
    attack("makes a raw pair", "import socket\nsocket.socketpair(type=socket.SOCK_RAW)\nTrue"),
    attack("writes to a path from a pair", """
        import errno, socket
        one, _ = socket.socketpair(type=socket.SOCK_DGRAM)
        try:
            one.sendto(b'x', '/tracegate-abuse/nobody')
        except OSError as error:
            looked = error.errno in (errno.ENOENT, errno.ECONNREFUSED)
        looked
    """),
    attack("writes to an abstract address from a pair", """
        import errno, socket
        one, _ = socket.socketpair(type=socket.SOCK_DGRAM)
        try:
            one.sendto(b'x', '\\0tracegate-abuse')
        except OSError as error:
            looked = error.errno == errno.ECONNREFUSED
        looked
    """),
    attack("gets an abstract address by asking who writes", """
        import socket
        one, _ = socket.socketpair(type=socket.SOCK_DGRAM)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        try:
            one.sendto(b'x', '/tracegate-abuse/nobody')
        except OSError:
            pass
        one.getsockname() != ''
    """),
    attack("asks who writes to a stream", """
        import socket
        one, _ = socket.socketpair()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        True
    """),
    call("sendto with an address", (44, 206), "-1, None, 0, 0, ctypes.c_void_p(2**32), 2"),
    call("setsockopt", (54, 208), "-1, 1, 16, None, 0"),
    call("sendmsg", (46, 211), "-1, None, 0"),
    call("sendmmsg", (307, 269), "-1, None, 0, 0"),
    attack("writes out of band", "import socket\none, other = socket.socketpair()\none.send(b'x', socket.MSG_OOB)"),
)  # fmt: skip
KEPT = (
    attack("hands a descriptor over", """
        import socket
        one, _ = socket.socketpair()
        socket.send_fds(one, [b'x'], [one.fileno()])
        True
    """),
    attack("holds more descriptors than it may, on their way", """
        import os, socket
        one, other = socket.socketpair()
        on_their_way = 0
        for _ in range(2):
            held = [os.open('/dev/null', os.O_RDONLY) for _ in range(150)]
            socket.send_fds(one, [b'x'], held)
            on_their_way += len(held)
            for descriptor in held:
                os.close(descriptor)
        on_their_way > 256
    """),
    attack("has the kernel keep more than pipes and sockets come with", """
        import socket
        pairs, kept = [], 0
        try:
            while len(pairs) < 250:
                pairs.append(socket.socketpair())
        except OSError:
            pass
        for end in [end for pair in pairs for end in pair]:
            end.setblocking(False)
            try:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**21)
            except PermissionError:
                pass
            try:
                while kept < 96 * 2**20:
                    kept += end.send(bytes(60_000))
            except BlockingIOError:
                pass
        kept >= 96 * 2**20
    """),
    attack("makes a pipe larger", """
        import fcntl, os
        _, writer = os.pipe()
        fcntl.fcntl(writer, 1031, 2**18) >= 2**18
    """),
    attack("has the kernel keep a lock", """
        import errno, fcntl, os
        try:
            fcntl.lockf(os.open('locked', os.O_CREAT | os.O_RDONLY), fcntl.LOCK_EX)
            looked = False
        except OSError as error:
            looked = error.errno == errno.EBADF  # what cannot be written to cannot be kept from being read
        looked
    """),
    attack("has the kernel keep a lock of what is open", """
        import fcntl, os, struct
        fcntl.fcntl(os.open('locked', os.O_CREAT | os.O_RDWR), 37, struct.pack('hhqqi4x', 1, 0, 0, 1, 0))
        True
    """),
    attack("has whoever opens a file that it can read wait", """
        import fcntl, os, signal
        signal.signal(signal.SIGIO, signal.SIG_IGN)
        open('kept', 'w').close()
        reader = os.open('kept', os.O_RDONLY)
        fcntl.fcntl(reader, fcntl.F_SETLEASE, fcntl.F_WRLCK) == 0
    """),
    attack("is told who reads the libraries", """
        import fcntl, os
        folder = os.open(os.path.dirname(os.__file__), os.O_RDONLY)
        fcntl.fcntl(folder, fcntl.F_NOTIFY, fcntl.DN_ACCESS) == 0
    """),
    attack("sets attributes by what it can only read", """
        import fcntl, os
        open('kept', 'w').close()
        reader = os.open('kept', os.O_RDONLY)
        had = fcntl.ioctl(reader, 0x80086601, bytes(8))
        fcntl.ioctl(reader, 0x40086602, had)
        True
    """),
    attack("has whoever locks a library's file wait", """
        import fcntl, os
        one, other = os.open(os.__file__, os.O_RDONLY), os.open(os.__file__, os.O_RDONLY)
        fcntl.flock(one, fcntl.LOCK_EX)
        try:
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
            locked = False
        except BlockingIOError:
            locked = True
        locked
    """),
    call("a thread with descriptors of its own", (56, 220), "0x10000, None, None, None, None"),
    call("close_range that parts from the others", (436, 436), "0x7ffffff0, 0x7ffffff0, 2"),
    call("io_setup", (206, 0), "1, None"),
    call("io_submit", (209, 2), "-1, 0, None"),
    call("io_getevents", (208, 4), "-1, 0, 0, None, None"),
    call("splice", (275, 76), "-1, None, -1, None, 0, 0"),
    call("tee", (276, 77), "-1, -1, 0, 0"),
    call("rules of Landlock", (444, 444), "ctypes.byref(ctypes.c_uint64(1)), ctypes.c_size_t(8), 0"),
    call("a rule of Landlock on ports", (445, 445), "-1, 2, None, 0"),
)  # fmt: skip
