# On a host or the laptop: no server of the lost site answers. Variables: those of platforms/network/look.sh.
seen=$(
LOOK
)
grep -q '^gateway' <<<"$seen" && ! grep -q '^answer' <<<"$seen"
