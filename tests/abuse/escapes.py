"""Attempts of a session to get out, as cells: the last line is true where one succeeded.

None of them does harm where it succeeds, and none sends a packet off the machine.
"""

from tests.abuse.attacks import LIBC, attack, call, opening
from tests.abuse.pairs import KEPT, PAIRS

STATUS = """
status = dict(one.split(':\\t') for one in open('/proc/self/status').read().splitlines() if ':\\t' in one)
"""

PRIVILEGES = (
    attack("is root", "import os\n0 in (os.getuid(), os.geteuid(), os.getgid(), os.getegid())"),
    attack(
        "has capabilities beyond reading",
        STATUS + "int(status['CapEff'], 16) & ~4 or int(status['CapPrm'], 16) & ~4",
    ),
    attack("may gain privileges", STATUS + "status['NoNewPrivs'] != '1'"),
    attack("has no filter", STATUS + "status['Seccomp'] != '2'"),
    attack("becomes root", "import os\nos.setuid(0)\nTrue"),
    attack("becomes another group", "import os\nos.setgid(0)\nTrue"),
    attack(
        "raises a limit", "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))\nTrue"
    ),
    attack(
        "frees its memory", "import resource\nresource.setrlimit(resource.RLIMIT_AS, (2**40, 2**40))\nTrue"
    ),
    attack("is spared when memory is short", "open('/proc/self/oom_score_adj', 'w').write('-1000')\nTrue"),
    attack(
        "sets its limit of CPU time",
        "import resource\nresource.setrlimit(resource.RLIMIT_CPU, resource.getrlimit(resource.RLIMIT_CPU))\nTrue",
    ),
    attack("can be dumped", LIBC + "libc.prctl(4, 1, 0, 0, 0) == 0"),
    attack("survives its supervisor", LIBC + "libc.prctl(1, 0, 0, 0, 0) == 0"),
    call("capset", (126, 91)),
    call("personality", (135, 92), "0xffffffff"),
    call("timer_create", (222, 107), "0, None, ctypes.byref(ctypes.c_int())"),
)
NETWORK = (
    attack("makes a TCP socket", "import socket\nsocket.socket()\nTrue"),
    attack("makes a UDP socket", "import socket\nsocket.socket(type=socket.SOCK_DGRAM)\nTrue"),
    attack("makes a raw socket", "import socket\nsocket.socket(type=socket.SOCK_RAW)\nTrue"),
    attack("makes an IPv6 socket", "import socket\nsocket.socket(socket.AF_INET6)\nTrue"),
    attack("makes a netlink socket", "import socket\nsocket.socket(socket.AF_NETLINK, socket.SOCK_RAW)\nTrue"),
    attack("makes a packet socket", "import socket\nsocket.socket(socket.AF_PACKET, socket.SOCK_RAW)\nTrue"),
    attack("listens on loopback", "import socket\nsocket.create_server(('127.0.0.1', 0))\nTrue"),
    attack("connects on loopback", "import socket\nsocket.create_connection(('127.0.0.1', 9), 1)\nTrue"),
    attack("opens an abstract socket", "import socket\nsocket.socket(socket.AF_UNIX).bind('\\0tracegate')\nTrue"),
    attack("opens a socket in its folder", "import socket\nsocket.socket(socket.AF_UNIX).bind('here.sock')\nTrue"),
    attack("asks the engine", "import socket\nsocket.socket(socket.AF_UNIX).connect('/var/run/docker.sock')\nTrue"),
    attack("fetches an address", "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:9/', timeout=1)\nTrue"),
    attack("turns a pair into a server", """
        import socket
        one, _ = socket.socketpair()
        one.bind('pair.sock')
        one.listen()
        True
    """),
)  # fmt: skip
FILES = (
    opening("lists the root folder", "os.listdir('/')"),
    opening("reads the users", "open('/etc/passwd').read()"),
    opening("reads the shadow", "open('/etc/shadow').read()"),
    opening("reads a home", "os.listdir('/root')"),
    opening("lists the temporary folder", "os.listdir('/tmp')"),
    opening("lists its siblings' folders", "os.listdir(pathlib.Path.cwd().parent)"),
    opening("climbs out of its folder", "os.listdir('..')"),
    opening("follows its own link out", "os.symlink('/etc', 'out') or os.listdir('out')"),
    opening("links a file out of reach", "os.link('/etc/passwd', 'mine') or open('mine').read()"),
    opening("writes beside its folder", "open('../beside', 'w').write('x')"),
    opening("writes the temporary folder", "open('/tmp/tracegate-abuse', 'w').write('x')"),
    opening("writes shared memory", "open('/dev/shm/tracegate-abuse', 'w').write('x')"),
    opening("writes the libraries", "open(os.path.join(os.path.dirname(pd.__file__), 'tracegate_abuse.py'), 'w').write('x')"),
    opening("changes the interpreter", "open(os.__file__, 'a')"),
    opening("cuts a library short", "os.truncate(pd.__file__, os.stat(pd.__file__).st_size) or True"),
    opening("reads the kernel's log", "open('/dev/kmsg')"),
    opening("reads the kernel's memory", "open('/proc/kcore', 'rb')"),
    opening("reads the kernel's keys", "open('/proc/keys').read()"),
    opening("names the core handler", "open('/proc/sys/kernel/core_pattern', 'w')"),
    opening("sets a limit of its group", "[open(str(one), 'w') for one in pathlib.Path('/sys/fs/cgroup').rglob('memory.max')]"),
    opening("makes a group", "os.mkdir('/sys/fs/cgroup/tracegate-abuse') or True"),
    opening("reads a disk", "[open(one, 'rb') for one in ('/dev/vda', '/dev/sda', '/dev/nvme0n1') if os.stat(one)]"),
    opening("makes a device", "os.mknod('disk', 0o600 | 0o060000, os.makedev(254, 0)) or True"),
    attack("has a device made where a file was", LIBC + "open('old', 'w').close()\nlibc.syscall(316 if platform.machine() == 'x86_64' else 276, -100, b'old', -100, b'new', 4) == 0"),
    opening("makes a pipe", "os.mkfifo('pipe') or True"),
    opening("takes another root", "os.chroot('.') or True"),
    opening("watches a folder", "__import__('ctypes').CDLL(None).inotify_init1(0) >= 0"),
    attack("takes what was inherited", """
        import os
        [one for one in range(256) if one not in (0, 1, 2, 3) and os.path.exists(f'/proc/self/fd/{one}')
         and not os.readlink(f'/proc/self/fd/{one}').endswith('/fd')]
    """),
    attack("locks a sibling out", """
        import os, pathlib
        [os.stat(one).st_mode & 0o777 == 0 for one in ('..',) if not os.chmod(one, 0)][0]
    """),
)  # fmt: skip
OTHERS = (
    attack("sees its supervisor's environment", "import os\nopen(f'/proc/{os.getppid()}/environ', 'rb').read()"),
    attack("reads its supervisor's memory", "import os\nopen(f'/proc/{os.getppid()}/mem', 'rb')"),
    attack("writes its supervisor's memory", "import os\nopen(f'/proc/{os.getppid()}/mem', 'wb')"),
    attack("lists its supervisor's files", "import os\nos.listdir(f'/proc/{os.getppid()}/fd')"),
    attack("lists processes", "import os\n[one for one in os.listdir('/proc') if one.isdecimal()]"),
    attack("signals its supervisor", "import os\nos.kill(os.getppid(), 0)\nTrue"),
    attack("signals everybody", "import os\nos.kill(-1, 0)\nTrue"),
    attack("signals its group", "import os\nos.killpg(os.getpgid(0), 0)\nTrue"),
    attack("signals a sibling", """
        import os
        reached = []
        for pid in range(max(2, os.getpid() - 30), os.getpid() + 30):
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                continue
            except PermissionError:
                continue
            if pid != os.getpid():
                reached.append(pid)
        reached
    """),
    attack("stops a sibling by its thread", LIBC + "libc.syscall(200 if platform.machine() == 'x86_64' else 130, os.getppid(), 0) == 0"),
    attack("opens a handle on its supervisor", "import os\nos.pidfd_open(os.getppid())\nTrue"),
    attack("traces its supervisor", LIBC + "libc.ptrace(16, os.getppid(), 0, 0) == 0"),
    attack("lets itself be traced", LIBC + "libc.ptrace(0, 0, 0, 0) == 0"),
    attack("has its supervisor signalled by a pipe", """
        import fcntl, os
        reader, writer = os.pipe()
        fcntl.fcntl(reader, fcntl.F_SETOWN, os.getppid())
        True
    """),
    attack("moves its supervisor to one processor", "import os\nos.sched_setaffinity(os.getppid(), os.sched_getaffinity(0))\nTrue"),
    attack("limits its supervisor", "import os, resource\nresource.prlimit(os.getppid(), resource.RLIMIT_NOFILE)\nTrue"),
    attack("slows its supervisor down", "import os\nos.setpriority(os.PRIO_PROCESS, os.getppid(), 19)\nTrue"),
    call("process_vm_readv", (310, 270)),
    call("process_vm_writev", (311, 271)),
    call("kcmp", (312, 272)),
    call("shared memory of System V", (29, 194), "0x7472, 4096, 0o1600"),
    call("a queue of messages", (68, 186), "0x7472, 0o1600"),
    call("semaphores", (64, 190), "0x7472, 1, 0o1600"),
    call("a queue of POSIX", (240, 180)),
)  # fmt: skip
PROGRAMS = (
    attack("starts a shell", "import os\nos.system('true') == 0"),
    attack("starts a program", "import subprocess\nsubprocess.run(['true'])\nTrue"),
    attack("becomes a program", "import os, sys\nos.execv(sys.executable, [sys.executable, '-c', 'pass'])"),
    attack("spawns a program", "import os, sys\nos.posix_spawn(sys.executable, [sys.executable, '-c', 'pass'], {})\nTrue"),
    attack("makes a process", "import os\npid = os.fork()\nif pid == 0:\n    os._exit(0)\nTrue"),
    attack("makes a pool of processes", "import multiprocessing\nmultiprocessing.get_context('fork').Pool(1).map(abs, [1])\nTrue"),
    attack("runs a file of memory", "import os\nos.memfd_create('x')\nTrue"),
    attack("runs what it wrote", "import os\nopen('x', 'w').write('#!/bin/true')\nos.chmod('x', 0o755)\nos.execv('./x', ['x'])"),
    attack("runs under another loader", "import os\nos.execv(open('/proc/self/maps').read().split('ld-linux')[0].split()[-1] + 'ld-linux-x86-64.so.2', ['ld', '/bin/true'])"),
)  # fmt: skip
KERNEL = (
    attack("makes a namespace of users", LIBC + "libc.unshare(0x10000000) == 0"),
    attack("makes a namespace of mounts", LIBC + "libc.unshare(0x00020000) == 0"),
    call("clone3", (435, 435)),
    call("setns", (308, 268)),
    call("mount", (165, 40), "None, None, None, 0, None"),
    call("umount2", (166, 39), "None, -1"),
    call("move_mount", (429, 429)),
    call("open_tree", (428, 428)),
    call("fsopen", (430, 430), "None, 0"),
    call("pivot_root", (155, 41), "None, None"),
    call("open_by_handle_at", (304, 265)),
    call("name_to_handle_at", (303, 264)),
    call("bpf", (321, 280)),
    call("perf_event_open", (298, 241)),
    call("userfaultfd", (323, 282), "1"),
    call("io_uring_setup", (425, 425), "8, None"),
    call("io_uring_enter", (426, 426)),
    call("add_key", (248, 217), "None, None, None, 0, -1"),
    call("keyctl", (250, 219), "0, -3, 0"),
    call("request_key", (249, 218), "None, None, None, 0"),
    call("kexec_load", (246, 104)),
    call("init_module", (175, 105), "None, 0, None"),
    call("delete_module", (176, 106), "None, 0"),
    call("syslog", (103, 116), "10, None, 0"),
    call("acct", (163, 89)),
    call("swapon", (167, 224), "None, 0"),
    call("settimeofday", (164, 170), "None, None"),
    call("sethostname", (170, 161)),
    call("fanotify_init", (300, 262)),
    call("memfd_secret", (447, 447), "0x7fffffff"),
    call("what came after the filter", (462, 462)),
)
ESCAPES = (*PRIVILEGES, *NETWORK, *PAIRS, *KEPT, *FILES, *OTHERS, *PROGRAMS, *KERNEL)
