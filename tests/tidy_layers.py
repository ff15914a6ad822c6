"""Who may include whom: the folder order is the data flow, and the arrows point one way.

Read by tidy.py. The reasons are in docs/architecture.md; a new folder gets its row here.
"""
import re

# Headers of the repository that a folder may include besides its own, by prefix.
MAY_INCLUDE = {
    'src/base': (),
    'src/event': ('base/', 'mempool/event.h'),
    'src/engine': ('base/', 'mempool/event.h'),
    'src/explain': ('base/', 'event/', 'engine/', 'sink/sink.hpp', 'mempool/event.h',
                    'mempool/sink.h'),
    'src/log': ('base/', 'event/', 'mempool/event.h', 'mempool.h'),
    'src/sink': ('base/', 'event/', 'explain/', 'log/', 'mempool/event.h', 'mempool/sink.h',
                 'mempool.h'),
    'src/pool': ('base/', 'event/', 'engine/', 'explain/', 'sink/', 'mempool/', 'mempool.h'),
    'src/record': ('mempool/event.h',),
    'viz/model': ('base/', 'event/', 'explain/narrate.hpp', 'log/', 'mempool/event.h'),
    'viz/view': ('base/', 'event/', 'explain/narrate.hpp', 'mempool/event.h',
                 'model/model.hpp', 'model/frame.hpp', 'model/story.hpp', 'markup.hpp'),
    'viz/workload': ('base/', 'event/', 'log/', 'pool/create.hpp', 'mempool/', 'mempool.h',
                     'model/', 'classroom/', 'sink/', 'record/format.h'),
    'viz/search': ('base/', 'event/', 'mempool/event.h', 'model/policy.hpp',
                   'model/progress.hpp', 'workload/'),
    'viz/classroom': ('base/', 'event/', 'mempool/event.h', 'model/list_model.hpp'),
    'viz/grade': ('base/', 'event/', 'log/', 'mempool/event.h', 'model/', 'quiz/rules.hpp',
                  'markup.hpp'),
    'viz/quiz': ('base/', 'mempool/event.h', 'model/', 'view/text.hpp', 'markup.hpp'),
    'viz/page': ('base/', 'event/', 'mempool/event.h', 'model/model.hpp', 'markup.hpp'),
    'viz/shell': ('base/', 'record/format.h', 'record/session.h'),
    'viz/step': ('base/', 'event/', 'explain/narrate.hpp', 'log/reader.hpp', 'model/', 'quiz/',
                 'view/', 'workload/number.hpp', 'mempool/event.h', 'values.hpp', 'help.hpp'),
    'viz/commands': ('base/', 'event/', 'explain/narrate.hpp', 'grade/', 'log/', 'model/', 'quiz/',
                     'view/', 'step/', 'workload/', 'search/', 'shell/', 'page/',
                     'mempool/event.h', 'options.hpp', 'values.hpp', 'help.hpp', 'markup.hpp'),
    'viz/spelling': ('search/generate.hpp', 'workload/contestant.hpp', 'command_line.hpp',
                     'declare.hpp', 'help.hpp', 'options.hpp'),
    'viz': ('spelling/', 'commands/', 'base/', 'event/', 'explain/narrate.hpp', 'grade/', 'log/',
            'model/', 'quiz/', 'view/', 'workload/', 'search/', 'shell/', 'mempool/event.h'),
    'examples': ('mempool.h', 'mempool.hpp', 'mempool/'),
    'tests/abi': ('mempool.h', 'mempool.hpp', 'mempool/'),
    'include': ('mempool.h', 'mempool/'),
}

C11 = {name + '.h' for name in (
    'assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal '
    'stdalign stdarg stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string tgmath '
    'threads time uchar wchar wctype').split()}

# System and library headers that only some may include: pattern, who may, why.
ONLY_FOR = [
    (r'(iostream|fstream|ostream|sstream|cstdio|stdio\.h)', r'(?!src/engine/)',
     'the engine does no input or output'),
    (r'(chrono|ctime|time\.h|sys/time\.h)', r'(?!src/engine/|viz/view/|viz/model/|viz/step/)',
     'no clock here: the same calls give the same output'),
    (r'(fstream|fcntl\.h|unistd\.h|sys/stat\.h)',
     r'(?!src/engine/|src/explain/|viz/view/|viz/step/)',
     'no files here'),
    (r'tl/expected\.hpp', r'src/base/result\.hpp', 'src/base/result.hpp is its only mention'),
    (r'fmt/', r'viz/|tests/|docs/', 'libmempool links nothing but the standard library'),
    (r'CLI/', r'viz/[^/]*$', 'it is slow to compile: one file of the command line'),
    (r'simdjson\.h', r'src/log/(reader|decode)|tests/',
     'reading a log is the only place that parses JSON'),
    (r'termios\.h|sys/ioctl\.h', r'viz/shell/', 'viz/shell is the only one that knows terminals'),
]


def folder_of(path):
    """The row of MAY_INCLUDE that holds for a file: the longest folder that has one."""
    parts = path.split('/')[:-1]
    while parts and '/'.join(parts) not in MAY_INCLUDE:
        parts.pop()
    return '/'.join(parts)


def of_the_repository(header):
    return header.startswith(('mempool.h', 'mempool/'))


def refusal(path, header, quoted):
    """Why this file may not include this header; None if it may."""
    folder = folder_of(path)
    if header.startswith(('../', './')):
        return 'includes count from src/, viz/ or include/'
    if (quoted or of_the_repository(header)) and folder:
        own = '' if folder in ('viz', 'include', 'examples') else folder.split('/')[-1] + '/'
        local = '/' not in header if not own else header.startswith(own)
        if not local and not header.startswith(MAY_INCLUDE[folder]):
            return f'{folder}/ knows only {", ".join(MAY_INCLUDE[folder]) or "itself"}'
        return None
    if folder == 'include' and header not in C11 and not path.endswith('.hpp'):
        return 'public headers need C11 alone'
    if quoted and header.endswith('.cpp'):
        return 'sources are compiled, not included'
    for pattern, who, why in ONLY_FOR:
        if re.match(pattern, header) and not re.match(who, path):
            return why
    return None


def banned_call(path):
    """Calls that a file of this folder does not make; None if anything goes."""
    if path.startswith(('src/engine/', 'src/explain/', 'viz/view/', 'viz/model/')):
        return re.compile(r'\b(getenv|secure_getenv|clock_gettime|gettimeofday|std::chrono)\b')
    return None
