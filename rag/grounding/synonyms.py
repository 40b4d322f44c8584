"""Words of general and scientific English that may stand for one another. Data only.

Groups are parted by "|" or a line's end and hold any inflection; a word may be in several groups.
A group holds words that keep a claim true when exchanged in a report of results: near synonyms and
their derivations, not merely related words. Words of change ("increase") are in `lexicon`, with
their direction.
"""

from __future__ import annotations

SYNONYMS = """
ability capability capable able capacity power powered competence skill
abandon drop discard remove eliminate delete strip throw trim exclude prune omit | about regarding concerning
absence lack without missing absent shortage | accelerator hardware | accept admit | access reach | accident crash
accomplish achieve attain reach obtain get realize realise deliver fulfil gain
account explain cause reason responsible attribute | accumulate gather collect
accurate exact correct
achieve attain reach obtain get yield deliver record score post register hit
acquire obtain collect gather record get | active activate
adapt adjust tailor customize customise specialize modify tune
add addition additional extra further adding supplement append attach include insert | additional more extra further
address tackle solve resolve overcome handle | adequate sufficient enough | adjust tune modify change calibrate
adopt use utilize utilise employ apply leverage exploit harness adoption
advance progress advancement improvement development | advantage benefit strength merit
affect influence impact effect | affordable cheap inexpensive | aggressive aggressively | agree consistent match
aid help assist support assistance | aim goal objective target purpose seek intend intention strive
alleviate mitigate relieve ease lessen overcome address reduce | allocate assign distribute give allot
allow enable permit let make possible facilitate support | almost nearly | alone single solely
alternative option substitute | ambiguous unclear vague | amount quantity volume level
analysis analyze analyse examine examination investigate investigation inspect study scrutinize explore assess look
annotate label annotation mark tag | answer reply respond response | anticipate expect foresee predict
appear seem emerge arise occur show surface | application use usage deployment
appropriate suitable proper fit right apt | approximate estimate | architecture network design structure model
area region zone field domain sector | argue claim contend | arrange order organize organise
artificial synthetic simulated | assemble build collect gather compile curate construct
assess evaluate evaluation test measure benchmark examine judge appraise quantify | assistant helper agent
associate link relate correlate connect tie association connection correlation relation relationship
assume suppose presume | attach connect link couple join | attack exploit threat | attempt try effort seek
augment extend enhance | author researcher team writer
automatic automated automatically autonomously autonomous automate automation
available accessible release publish public open open-source open-sourced | average mean
avoid bypass circumvent skip escape sidestep eliminate | awareness conscious aware | backbone base
backpropagation backpropagate backpropagating propagate propagating propagation backward
balance trade-off tradeoff compromise | barrier obstacle bottleneck hurdle wall limitation challenge
base rely depend build found ground underlie | beat outperform surpass exceed outshine outdo
begin start commence initiate | behaviour behavior | benchmark test suite evaluation dataset
benefit profit advantage gain help useful | big large huge massive vast enormous substantial great | bind attach
blend mix combine mixture | boundary border limit edge | brain neural | bring introduce deliver provide
broad wide extensive wide-ranging general | build construct create develop make design devise formulate built
burden load overhead cost | call name term dub known refer label | cancel remove | candidate option
capture record encode model | care treatment | careful carefully meticulous thorough rigorous
cause lead result produce induce trigger provoke | caution careful
challenge difficulty problem issue obstacle hard difficult | challenging difficult hard demanding
change alter modify alteration modification vary variation shift | characteristic feature property attribute trait
characterize characterise describe mark | cheap low-cost inexpensive economical | check verify examine test validate
choose select pick selection choice | circuit chip | class category kind type sort group | clear evident obvious
close near nearby | code program software script | coexist together | collaborate cooperate together
collect gather assemble compile curate acquire
combine integrate merge unite combination join fuse pair couple incorporate unify integration
come originate derive stem
common usual typical frequent widespread popular widely conventional ordinary standard prevalent
compact small lightweight tiny concise | companion accompanying | compare comparison versus relative against
comparable similar on-par equal equivalent par competitive same alike | compatible work | compete rival
complete full entire whole end-to-end total | completely entirely fully totally wholly altogether
complex complicated intricate sophisticated complexity
component part module element piece ingredient building-block | comprehensive extensive thorough broad wide
compress compression compact shrink | comprise include contain consist cover have
compute computation computational computing calculate calculation computationally | concentrate focus
concern worry | conclude find conclusion | concurrent simultaneous parallel
condition circumstance setting constraint requirement | conduct perform run carry execute do undertake
configuration setup setting arrangement | confirm verify validate prove show | conform comply adhere
consider regard view treat | consist comprise contain include made | consistent steady
constant unchanged fixed stable | constrained limited restricted constraint scarce limitation
consumption usage use footprint demand requirement consume | contain include hold comprise feature have
content information | context setting | continue keep maintain remain persist | contribute add
control steer govern manage regulate | convert transform turn translate conversion transformation | convey transmit
correct right accurate | cost expense price overhead costly expensive | counter offset | country nation
cover include contain span comprise address encompass | create produce generate make build form yield creation
criterion criteria | current today's present modern existing contemporary today latest recent now state
curriculum course | customary traditional conventional | cut reduce | daily everyday household | danger risk hazard
data dataset information | dataset corpus collection set data benchmark | death mortality | decentralize distribute
decompose split divide break decomposition | decrease reduce
dedicated specialized specialised special purpose-built | deep deeply | defect flaw fault | defend protect defense
deficiency lack shortage | degrade impair harm hurt damage worsen deteriorate
degradation loss penalty drop compromise reduction decline sacrifice | degree level extent | delay latency
deliver provide give offer achieve | demand need require requirement necessitate call
demanding intensive heavy expensive costly
demonstrate show prove illustrate reveal establish exhibit indicate find report observe demonstration
depend rely hinge dependent reliant | deploy deployment install run operate use
describe present report outline characterise characterize | design architecture plan | desirable wanted
detect detection identify recognize recognise discover find spot identification recognition
determine decide establish identify | develop create design build devise engineer | deviate differ stay within
device hardware platform machine | diagnose detect identify diagnosis | dialogue conversation
differ vary different unlike | different distinct diverse various varied several separate
difficult hard challenging difficulty | digital electronic | dilemma problem | direct directly immediate
disclose reveal | discover find discovery uncover reveal unearth identify | discriminative discriminate
disease disorder condition illness | dissertation thesis | distribute spread allocate
diverse various varied multiple several range wide variety | divide split partition separate segment
doctor physician clinician | dominant main | double twice | draw take
drawback limitation weakness shortcoming disadvantage | drive cause | drone UAV | due because owing
durable survive last endure | duration length | dynamic dynamically adaptive adaptively
earlier previous prior former past preceding | earn receive | easy simple straightforward effortless readily easily
edge margin | education teaching | effective efficient effectiveness successful efficacy
efficient efficiency efficiently economical | effort work attempt | elderly old | elevate raise | emission pollution
emit release | emphasize emphasise stress highlight underline | encode represent | encounter meet face confront
encourage promote foster | endanger threaten | end finish final | enforce impose | engine system | ensure guarantee
enter join | environment setting setup condition surrounding | equal iso same equivalent identical | equip provide
era age | error mistake fault | especially particularly notably above-all mainly primarily
essential crucial key critical vital important necessary | establish set show create
estimate predict prediction estimation forecast | evade escape avoid | evolve develop change evolution
example instance | exceptional outstanding remarkable | exchange swap
execute run perform execution process inference operate | exhaustive thorough | exhibit show display demonstrate
exist occur | existing current present available prior previous | expand expansion extend enlarge
experience undergo | experiment trial test evaluation study | expert specialist | explicit explicitly
explore study investigate examine search | expose reveal | extend extension generalize generalise scale
extract obtain derive | extreme extremely | facilitate ease enable support | factor reason
fade decline vanish diminish disappear decay | fail failure unable unsuccessful | family class | famous well-known
far much | fault error failure | favour favor prefer prioritize value | feasible viable possible practical
feed eat | few small | field area domain discipline | filter remove discard | final last
find discover observe see show | finetune fine-tune adapt update tune adaptation | finish complete end
firm company business | fit accommodate hold | fix fixed frozen freeze | flexible flexibly adaptable
flexibility versatility | follow obey adhere | food diet | form shape build | foundation basis base groundwork
framework system | free release open | frequent often frequently | front ahead | function work operate
fundamental basic | fuse combine fusion | gap difference | general generic universal broad
generalize generalise transfer generalizability generalization
generate produce create synthesize yield generation supply | genuine real true
give provide supply offer deliver yield grant | group cluster set | grow increase | guide direct steer inform
handle process manage deal run do address | heavy intensive large high | hide conceal | high strong great
hinder hamper impede obstruct prevent limit | hint suggestion | hold keep store contain retain remain
household domestic | hybrid mixed | idea concept notion insight | identify find recognize detect determine
ignore disregard neglect overlook | image picture photo photograph | imitate mimic mimicry
immediate instant instantaneous instantaneously | implement implementation realize build | importance significance
important key crucial significant | impossible infeasible | impractical infeasible prohibitive unaffordable
incentive motivation | include contain cover involve comprise feature among | incorporate integrate include
independent separate independently individually | indicate show suggest | individual single separate each own
industry industrial | infant baby | infer deduce | information knowledge data | inhabitant resident
inherent intrinsic | initial first early | innovation novelty | inquire ask | insight finding understanding
inspire motivate | instability unstable | institution organization organisation | instruct teach
insufficient inadequate lack | integrate combine incorporate embed | intense intensive | interaction interact
interpret explain understand | introduce present propose describe unveil | invent devise | irrelevant unrelated
iterate repeat | iterative iteratively repeated | job task | joint jointly together simultaneous
judge rate rank consider grade assess | keep retain maintain preserve store hold stay remain save
key main central crucial | kid child | know knowledge | large-scale massive large | launch release
learn train learning training | leave remain | length long | library package toolkit | light lightweight
likely probable | limit restrict constrain bound cap | limited constrained restricted scarce small modest low little
locate find | location place position site | lose loss | low reduced small little | machine computer device
main primary principal chief key major core central | maintain keep preserve retain sustain | majority most
manage handle control | manner way | manual manually | match equal par comparable rival | mature maturity
maximal maximum | meaning semantic | means way | measure metric quantify assess | mechanism method scheme
medicine drug medication | meet satisfy fulfil | memory RAM
method approach technique scheme strategy procedure methodology way algorithm solution | mild slight
minor slight small | mobile portable | moderate medium | modify change edit alter revise
monitor track observe watch | motion movement | move transfer shift | multiply multiplication | narrow shrink close
necessary needed required essential | need require demand take cost necessary necessity needed
negligible minimal tiny insignificant marginal slight small | new novel innovative recent | norm standard
normal usual | novel new innovative original | number amount count quantity | object item | observe see notice find
occupy take | occur happen arise | often frequently commonly | onboard on-board | operate run operation work
operation op operations | opportunity chance | optimize optimise optimization tune improve | option choice
order sequence | organism species | organization organisation company | origin source | original initial
output result | overall total whole | paper article study work publication | parallel parallelize parallelization
parameter weight | part portion share fraction component | participant subject patient volunteer | penalty loss cost
performance quality effectiveness result | period time | person people adult individual human | phase stage step
phenomenon effect | phone smartphone | pipeline workflow | place put | platform hardware testbed system
plausible likely | policy strategy | pollution contamination | poor weak bad | possess have own
possible feasible potential possibility | potential possible possibility promise
practitioner professional user | preliminary initial | prerequisite requirement | prevent avoid stop
privacy private | professional expert | programme program | prohibitive unaffordable excessive | prolong extend
promise promising | prone susceptible vulnerable | proof evidence | proportion share fraction percentage
propose introduce present suggest | protect safeguard | public publicly open openly | pupil student learner
quantize quantise quantization quantized | quick fast rapid swift speed | radical radically | raise lift
random stochastic randomness stochasticity arbitrary | rare rarely seldom infrequent | rate ratio proportion share
rating score | react respond | real actual genuine | receive get obtain | recent new latest recently newly
recommend suggest advise | recover recovery regain restore | reconfigure reconfigurable reconfiguration
reduce lower | redundant superfluous | refine improve | regular ordinary | reinforce strengthen | reject refuse
reliable dependable robust reliability trustworthy | remarkable impressive striking | repair fix
replace substitute swap switch | represent representation | reproduce replicate reproducible | rescue save
resemble similar | reside live | residual remaining | resist resistance robust | resource resources
result outcome finding | retrieve retrieval search | rise climb | robust reliable stable robustness resilient
runtime execution latency | safe safety | same identical equal unchanged alike equivalent | sample specimen
scale size scalability scalable | scenario setting task | scholar researcher | science scientific
score performance | secure security | segment part | serious severe | set collection group
several multiple various many numerous | share proportion part fraction | short brief | sign indication
significant substantial considerable marked dramatic notable large major profound
similar comparable alike similarly | simple simplicity easy | simulate simulation simulator
simultaneous simultaneously concurrent concurrently together same-time | single one individual sole | situation case
size sizes dimension | small tiny little minor compact | solely exclusively | solution approach answer
special particular specific | specialize specialise specialized specialised dedicated purpose-built domain-specific
specific particular certain | speech spoken | speed fast rapid rapidly | stable stability steady | state condition
static fixed | statistics statistical | stop prevent halt | storage memory | strict stringent
study research trial investigation survey paper | substance material | succeed success
success successful successfully | suffer experience | suggest indicate imply | summarize summarise summary
surgery operation | surprising unexpected surprisingly unexpectedly | survey review overview | switch change replace
synthesize synthesise generate | teacher instructor | team group | test evaluate try | therapy treatment
think believe | threat danger | time duration | tool toolkit toolbox utility library | topic subject | track follow
train training pretrain | transport move | treat handle | true correct | tumor tumour cancer | turn change
typical usual typically usually generally | ubiquitous widespread | unchanged same stay constant intact unaffected
uncommon rare | understand comprehend grasp | unify unified unite | update fine-tune tune modify refresh
upgrade improve | useful helpful beneficial valuable | vaccine vaccination | variant version | vehicle car
verify check validate verification | violate break | vision visual | want desire | warm hot | warn alert
well good strong | widely commonly broadly | worker employee | world global | wrong incorrect | yield produce give
available supported accessible provided | scale size | extend expand
scale grow | occasionally rarely rare sometimes seldom infrequent | length shorten lengthen longer shorter
size smaller larger | handle cope | repair fix correct mend | last take run span
tell distinguish separate discriminate
"""
