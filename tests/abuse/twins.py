"""What a session runs whose twin is to do otherwise than ours do, from its first moment on."""

AS_A_TWIN = """
import fcntl, os, socket, struct
import actors.workers.sandbox.session as session
import actors.workers.sandbox.twin as twin
from actors.workers.sandbox.framing import pack
from events.frames import Branched, Opened
said = pack(0, Opened())
def begun():
    os.write(3, said[:3])
    while struct.unpack('i', fcntl.ioctl(3, 0x5411, bytes(4)))[0]:  # bytes that nobody has read yet
        os.sched_yield()
def waits():
    while True:
        os.read(pipe, 1)
pipe, _ = os.pipe()
def forged(line, twins, asked):
    if twins.fork(asked.twin, *line.passed(twins.needs)):
        do()
    else:
        line.send(Branched())
session._branch = forged
"""
"""To be followed by a function `do`, which a twin calls in the place of saying that it stands."""
ANSWERS = """
import gc
from actors.workers.sandbox.runner import Runner
(runner,) = [one for one in gc.get_objects() if type(one) is Runner]
def answers():
    line = session._Line(socket.socket(fileno=3))
    while True:
        session._answer(line, runner, line.wait_for(session.RunCell))
"""
HANDS_OVER = (
    AS_A_TWIN
    + ANSWERS
    + """
was_handed_over = None
def do():
    global was_handed_over
    begun()
    try:
        socket.send_fds(socket.socket(fileno=os.dup(3)), [said[3:]], [{descriptor}])
        was_handed_over = True
    except PermissionError:
        os.write(3, said[3:])
        was_handed_over = False
    answers()
"""
)
HALF = AS_A_TWIN + "def do():\n    begun()\n    waits()"
"""Says the beginning of a frame, and nothing more."""
STAYS = (
    AS_A_TWIN
    + ANSWERS
    + """
twin.Twins._part = lambda self, place, link, *_: os.dup2(link, 3)
left = None
def do():
    global left
    try:
        left = os.setsid() or True
    except PermissionError:
        left = False
    os.write(3, said)
    try:
        answers()
    except EOFError:
        waits()
"""
)
"""Does nothing of what a twin does first, so it does not die with its parent; and tries to get away from it."""
MUTE = AS_A_TWIN + "def do():\n    waits()"
"""Says nothing at all."""
MEETS = (
    AS_A_TWIN
    + """
import time
def meets(name):
    while not os.path.exists(name):
        time.sleep(0.001)
def do():
    open('here', 'w').close()
    meets('go')
    os.write(3, said)
    open('said', 'w').close()
    waits()
def forged(line, twins, asked):
    if twins.fork(asked.twin, *line.passed(twins.needs)):
        do()
    line.send(Branched())
    meets('go')
    os._exit(5)
session._branch = forged
"""
)
"""Speaks when there is a file `go` in its folder; and the session that it comes from exits then."""
FLOODS = (
    AS_A_TWIN
    + ANSWERS
    + """
import threading
kept = os.dup(3)
twin._sever = lambda *_: None
def do():
    os.write(3, said)
    answers()
def pour():
    while True:
        os.write(kept, b'z' * 2**26)
def flood():
    for _ in range(6):
        threading.Thread(target=pour, daemon=True).start()
"""
)
"""Keeps the channel of the one that it comes from, and can flood it."""
FOLLOWS = """
import os
import actors.workers.sandbox.twin as twin
os.setpgid = twin._lead = lambda *_: None
"""
"""Has a twin stay in the group of processes of the one that it comes from."""
